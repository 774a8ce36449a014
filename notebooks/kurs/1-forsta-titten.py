# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: ISU (Python)
#     language: python
#     name: isu
# ---

# %% [markdown]
# # 1. Första titten på en enhet
#
# Här läser du in en enhets filer, ser om något är fel i dem, och tar reda på vilka som är mätta. Inget annat än det sista avgör hur mycket ett resultat
# är värt, så det kommer först.
#
# Enheten heter Unga vuxna och finns i den påhittade kommunen Exempelstad. Alla människor i den är påhittade. Kör cellerna uppifrån och ned
# (Skift + Enter). Ändra gärna, och kör igen: inget du gör här ändrar råfilerna.

# %%
import isu_analysis as isu

# %% [markdown]
# ## Enheten är en fil
#
# Allt som enheten själv har bestämt står i en enhetsfil, `parameters/exempelstad/unga-vuxna.yml`: vad den vill uppnå, med vilka mått, och hur råfilernas
# kolumner ska läsas. Inget av det gissas.

# %%
unit = isu.load_unit("exempelstad/unga-vuxna")
print(unit.desired_outcome)
print("Målgrupp:", unit.target_group)
print("Mått:", ", ".join(unit.measures))
print("Vilka som hör till ett år:", unit.cohort.rule)

# %% [markdown]
# ## Är något fel i filerna?
#
# `check_files` läser råfilerna utan att spara något. Varje rad är ett fel: i vilken fil, på vilken rad, i vilken kolumn och vad som är tillåtet. Det som står i
# cellen visas aldrig, för det kan vara någons uppgift. En tom tabell betyder att allt stämmer.

# %%
isu.check_files(unit)

# %% [markdown]
# Då kan filerna läsas in. Personnummer och ärendenummer blir pseudonymer på vägen.

# %%
isu.read_files(unit)

# %% [markdown]
# ## Vilka det gäller
#
# En *kohort* är en enhet och ett år: de som ska följas upp. Regeln står i enhetsfilen. Här är det de som avslutades under året.

# %%
cohort = isu.cohort(unit, 2024)
print(cohort.eligible, "ska följas upp")
cohort.episodes[["start", "end", "ending", "sex", "age"]].describe(include="all")

# %% [markdown]
# Hur det slutade, med antal. Tänk på vilka som saknas redan här: den som aldrig kom står kanske inte i filen alls.

# %%
cohort.episodes["ending"].value_counts(dropna=False).rename("antal").to_frame()

# %% [markdown]
# ## Vilka som är mätta
#
# Huvudmåttet är CORE-OM, som mäter psykisk ohälsa. `response` säger för var och en om både start och slut finns (`paired`), bara det ena, eller inget.

# %%
response = cohort.response("core_om", "start", "end", "client")
response.value_counts().rename("antal").to_frame()

# %% [markdown]
# Bara den som är mätt två gånger kan visa en förändring. Så stor andel är det, med ett 95-procentsintervall. Intervallet säger vad slumpen gör om samma enhet
# fick nya klienter. Det säger inget om hur de som saknas har det.

# %%
measured_twice = int((response == "paired").sum())
isu.share(measured_twice, cohort.eligible).to_frame()

# %% [markdown]
# ## Vilka är det som saknas?
#
# Ställ de mätta bredvid de andra. Skiljer de sig åt i det som går att se, kan de skilja sig åt i det som inte syns.

# %%
paired = response == "paired"
isu.compare_lost_kept(cohort.background, paired).round(2)

# %% [markdown]
# En bild av samma sak. Varje stapel är en grupp, och den ljusa delen är de som inte är mätta två gånger.

# %%
import matplotlib.pyplot as plt
import pandas as pd

measured = paired.map({True: "mätta två gånger", False: "inte mätta två gånger"})
groups = pd.crosstab(cohort.episodes["ending"], measured)[["mätta två gånger", "inte mätta två gånger"]]
groups.plot.barh(stacked=True, color=["#1d6b75", "#c9d6d8"], figsize=(7, 2.6))
plt.xlabel("antal människor")
plt.ylabel("hur det slutade")
plt.legend(frameon=False)
plt.tight_layout()

# %% [markdown]
# ## Så står det i rapporten
#
# Rapporten visar samma sak. Innan något visas går resultatet genom *porten* (`protect`), en gång. I en publik rapport döljs små tal där; i en intern visas alla.

# %%
report = isu.protect(isu.analyse(cohort), isu.Release.internal())
isu.show(report, "who")

# %% [markdown]
# ## Att fundera på
#
# - Vilka är med bland dem som ska följas upp, och vilka kom aldrig in i filen?
# - Vem hade du helst velat höra av dem som saknas?
# - Vad skulle enheten kunna ändra redan nästa månad för att fler ska mätas? (`isu collect` listar vilka det är.)
#
# Nästa: **2. Från poäng till säker förändring**.
