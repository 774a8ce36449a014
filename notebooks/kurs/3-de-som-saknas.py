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
# # 3. De som saknas
#
# Den vanligaste frågan om ett gott resultat är: gäller det alla, eller bara dem som kom tillbaka? Uppgifterna kan inte svara. Men de kan säga **hur olika** de som
# saknas måste vara för att slutsatsen ska ändras. Det är vad du gör här.
#
# Alla människor i materialet är påhittade.

# %%
import isu_analysis as isu

cohort = isu.cohort("exempelstad/unga-vuxna", 2024)
core = cohort.unit.measure("core_om")
pairs = cohort.pairs("core_om", "start", "end")
isu.coverage(pairs["pre"], pairs["post"]).to_frame().round(2)

# %% [markdown]
# ## Vilka mönster finns?
#
# Några har bara start, några bara slut, några ingenting.

# %%
isu.missing_patterns(pairs).patterns.round(2)

# %% [markdown]
# ## Skiljer de sig åt?
#
# Jämför dem som är mätta två gånger med de andra, i sådant som är känt från början: kön, ålder och startpoäng. `smd` är skillnaden i standardavvikelser. En liten skillnad
# frikänner inte: bara det som är mätt syns.

# %%
kept = pairs.notna().all(axis=1)
known = cohort.background.assign(start=pairs["pre"])
isu.compare_lost_kept(known, kept)[
    ["variable", "kind", "level", "n_kept", "n_lost", "smd", "smd_low", "smd_high", "verdict"]
].round(2)

# %% [markdown]
# ## Fyra antaganden, fyra svar
#
# Nu gäller det de som har en start. (De som inte ens har den vet man ännu mindre om. De räknas med i andelarna längre ned.) Tre sätt att räkna medelförändringen, där minus
# är bättre. De skiljer sig bara i vad de antar om dem som saknas.

# %%
import pandas as pd

started = pairs.dropna(subset=["pre"])
measured = isu.completers_change(started["pre"], started["post"])
unchanged = isu.carried_back(started["pre"], started["post"])
likely = isu.ml_change_two_wave(started["pre"], started["post"])
estimates = {
    "de saknade gick som de mätta": measured,
    "ingen av de saknade har ändrats": unchanged,
    "de saknade gick som mätta med samma start": likely,
}
pd.DataFrame(
    {name: [one.change, one.low, one.high] for name, one in estimates.items()}, index=["förändring", "låg", "hög"]
).T.round(1)

# %% [markdown]
# Det fjärde antar ingenting: sämsta och bästa fall, när var och en som saknas kan ha vilken poäng som helst på skalan. Spannet är brett. Det är inte ett fel, det är vad
# uppgifterna ensamma vet.

# %%
bounds = isu.mean_bounds(started["pre"], started["post"], core.minimum, core.maximum)
print(f"mellan {bounds.lower:.1f} och {bounds.upper:.1f} poäng")

# %% [markdown]
# ## Hur mycket sämre måste de ha det?
#
# Lägg poäng till dem som saknas, fler och fler, och se var slutsatsen «gruppen blev i genomsnitt bättre» inte längre håller.

# %%
import matplotlib.pyplot as plt

share_lost = float(started["post"].isna().mean())
shifted = isu.delta_adjusted(likely, list(range(0, 21, 2)))
tipping = isu.tipping_point(likely, share_lost)
print(f"Slutsatsen håller tills de som saknas är {tipping.delta_limit:.1f} poäng sämre än mätningarna tyder på.")

figure, ax = plt.subplots(figsize=(6.5, 3.2), layout="constrained")
ax.plot(shifted["delta_points"], shifted["change"], color="#1d6b75")
ax.fill_between(shifted["delta_points"], shifted["low"], shifted["high"], color="#1d6b75", alpha=0.2)
ax.axhline(0, color="#555555", linewidth=0.8)
ax.axvline(tipping.delta_limit, color="#a3472f", linewidth=0.8, linestyle="--")
_ = ax.set(xlabel="så många poäng sämre är de som saknas", ylabel="medelförändring, alla med start")

# %% [markdown]
# Är det troligt? Ett sätt att tänka: jämför med något man känner. Måttets gräns för säker förändring, spridningen vid start, eller skillnaden mellan dem som avslutades
# som planerat och de andra.

# %%
pairs.assign(change=pairs["post"] - pairs["pre"]).groupby(cohort.episodes["ending"])["change"].agg(
    ["count", "mean"]
).round(1)

# %% [markdown]
# ## Ett omdöme
#
# Rapporten skriver ett av tre omdömen: slutsatsen *håller vad som än hände de andra*, *håller under ett villkor*, eller *kan inte bedömas*.

# %%
isu.change_verdict(likely, bounds, higher_is_better=False)

# %% [markdown]
# Samma sak för en andel: hur stor andel av **alla** blev säkert bättre? Det lägsta räknar alla som saknas som inte bättre, det högsta som bättre.

# %%
criterion = isu.published_criterion(core.threshold.value, source=core.threshold.source)
counts = isu.reliable_change(pairs["pre"], pairs["post"], criterion, higher_is_better=False).counts()["n"]
better = int(counts[["improved"]].sum())
isu.share_bounds(better, int(kept.sum()), len(pairs)).to_frame()

# %% [markdown]
# ## Och nästa år?
#
# Osäkerheten har två delar. Slumpens del krymper när fler mäts. Bortfallets del krymper bara när färre saknas, hur stor enheten än är.

# %%
plan = isu.plan_follow_up(len(pairs), float(kept.mean()), share=better / int(kept.sum()), half_width=0.10)
plan.to_frame().round(2)

# %% [markdown]
# ## Kom ihåg
#
# - Skriv alltid hur många som saknas före resultatet.
# - Fyll aldrig i värden åt dem som saknas och räkna dem sedan som mätta.
# - Det billigaste sättet att få veta mer är att mäta några av dem som saknas.
#
# Nästa: **4. Effektmått och ord för dem**.
