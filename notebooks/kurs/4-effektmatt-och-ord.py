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
# # 4. Effektmått, och ord för dem
#
# Hur stor är en förändring? Poäng säger något för den som känner måttet. *Effektmått* uttrycker samma sak i standardavvikelser, så att det går att tala om mått med olika
# skalor. Men det finns flera, de har olika nämnare, och ett tal utan namn går inte att tolka.
#
# Alla människor i materialet är påhittade.

# %%
import isu_analysis as isu

cohort = isu.cohort("exempelstad/unga-vuxna", 2024)
pairs = cohort.pairs("core_om", "start", "end")
size = isu.effect_size(pairs["pre"], pairs["post"])

# %% [markdown]
# ## Börja i poäng
#
# Medelförändringen med intervall, i måttets egna poäng. Lägre är bättre på CORE-OM, så minus är en förbättring.

# %%
print(f"{size.n} av {size.n_given} mätta två gånger")
print(f"förändring {size.change:.1f} poäng, 95 % intervall {size.change_low:.1f} till {size.change_high:.1f}")

# %% [markdown]
# ## Samma förändring, tre nämnare
#
# - `g_pre` delar med spridningen **vid start**. Det säger hur långt gruppen flyttade sig i den spridning den hade när den kom. Rapporten använder det.
# - `g_av` delar med snittet av spridningen vid start och slut.
# - `d_z` delar med spridningen i **förändringen**. Det blir stort när alla ändras ungefär lika mycket, också om de ändras lite.

# %%
import pandas as pd

table = pd.DataFrame(
    {
        name: [getattr(size, name), getattr(size, f"{name}_low"), getattr(size, f"{name}_high")]
        for name in ("g_pre", "g_av", "d_z", "rank_biserial")
    },
    index=["värde", "låg", "hög"],
).T
table.round(2)

# %% [markdown]
# Varför `d_z` kan lura: här är två påhittade grupper med samma start och samma genomsnittliga förändring. I den ena ändras alla lika mycket, i den andra olika.

# %%
import numpy as np

rng = np.random.default_rng(1)
start = rng.normal(20, 6, 60)
noise = rng.normal(0, 1, 60)
noise = (noise - noise.mean()) / noise.std()
alike, unlike = start - 4 + 1.5 * noise, start - 4 + 7 * noise
both = {"alla lika mycket": isu.effect_size(start, alike), "olika mycket": isu.effect_size(start, unlike)}
pd.DataFrame({name: {"poäng": one.change, "g_pre": one.g_pre, "d_z": one.d_z} for name, one in both.items()}).round(2)

# %% [markdown]
# ## Ord
#
# «Liten», «medel» och «stor» (0,2, 0,5 och 0,8) är tumregler ur en annan tid och ett annat ämne. De säger inget om vad en förändring betyder för en människa. Bättre ord
# är: *minst så mycket som måttets gräns för en märkbar förändring*, och *hur många* som nådde dit.
#
# Hur väl står sig medelförändringen mot en gräns som är bestämd i förväg? Fem poäng är måttets publicerade gräns.

# %%
from isu_analysis import statistics as st

core = cohort.unit.measure("core_om")
limit = core.threshold.value
st.important_mean_change(
    pairs["pre"], pairs["post"], improvement=limit, deterioration=limit, higher_is_better=False
).to_frame().T

# %% [markdown]
# `probably_relevant`: medelförändringen är minst så stor som gränsen, men intervallet når också under den.
#
# ## Skillnad mellan grupper
#
# Två grupper kan sluta olika för att de började olika. Jämför förändringen, och visa starten bredvid.

# %%
sex = cohort.episodes["sex"].reindex(pairs.index)
measured = pairs.dropna()
change = measured["post"] - measured["pre"]
groups = (
    measured.assign(change=change, sex=sex)
    .groupby("sex", observed=True)[["pre", "post", "change"]]
    .agg(["mean", "count"])
)
groups.round(1)

# %%
women, men = (change[sex[change.index] == word] for word in ("woman", "man"))
isu.mean_difference(women, men).to_frame().T

# %% [markdown]
# Intervallet omfattar noll om skillnaden ryms inom slumpen. Också om det inte gör det: människorna valde inte grupp genom lottning. En skillnad är ingen effekt.
#
# ## Ett resultat är inte en effekt
#
# Allt här jämför start och slut för samma människor. Många skulle ha ändrats ändå. För att säga att *insatsen* gjorde skillnad krävs någon att jämföra med, helst genom
# lottning. Rapporten skriver därför «förändring», aldrig «effekt av insatsen».
#
# Nästa: **5. En egen enhet, från kalkylblad till rapport**.
