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
# # 6. Hur vi vet att siffrorna stämmer
#
# En formel som är rätt avskriven kan ändå lova för mycket. Därför prövas varje tal mot något annat än sig självt: ett tryckt exempel, ett annat program, en räkning för hand, eller en
# simulering där sanningen är känd. Här gör du några av proven själv.

# %%
import numpy as np
import pandas as pd

import isu_analysis as isu
from isu_analysis import statistics as st

# %% [markdown]
# ## Tryckta exempel
#
# Newcombe (1998) räknade Wilsons intervall för bland annat 81 av 263 och 15 av 148. Jacobson och Truax (1991) räknade i sitt exempel ut gränsen för säker förändring för ett
# parterapimått.

# %%
printed = pd.DataFrame(
    {
        "tryckt": ["0,2553 till 0,3662", "0,0624 till 0,1605"],
        "programmet": [
            " till ".join(f"{end:.4f}".replace(".", ",") for end in isu.wilson(n, of))
            for n, of in ((81, 263), (15, 148))
        ],
    },
    index=["81 av 263", "15 av 148"],
)
printed

# %% [markdown]
# ## Ett annat program
#
# Samma intervall ur statsmodels, för alla antal av 40. Den största skillnaden:

# %%
from statsmodels.stats.proportion import proportion_confint

ours = np.array([isu.wilson(n, 40) for n in range(41)])
theirs = np.array([proportion_confint(n, 40, method="wilson") for n in range(41)])
float(np.abs(ours - theirs).max())

# %% [markdown]
# ## Håller intervallet vad det lovar?
#
# Ett 95-procentsintervall ska innehålla sanningen 95 gånger av 100. Här vet vi sanningen, för vi bestämmer den: 8 procent blir sämre, och 30 människor mäts. Det vanliga läroboksintervallet
# (Wald) klarar det inte; Wilsons gör det, nästan.

# %%
rng = np.random.default_rng(6)
truth, people, times = 0.08, 30, 4000
counted = rng.binomial(people, truth, times)
wilson = {n: isu.wilson(n, people) for n in range(people + 1)}
wald = {n: proportion_confint(n, people, method="normal") for n in range(people + 1)}
pd.Series(
    {
        name: np.mean([ends[n][0] <= truth <= ends[n][1] for n in counted])
        for name, ends in (("Wald", wald), ("Wilson", wilson))
    },
    name="andel som innehåller sanningen",
).round(3)

# %% [markdown]
# ## När de som saknas har det sämre
#
# Nu försvinner fler av dem som det går dåligt för. Vi vet hur det gick för alla, eftersom vi hittade på dem. Vilken metod hittar tillbaka? Trehundra påhittade enheter:

# %%
true_change, seen, likely, inside = [], [], [], []
for _ in range(300):
    pre = np.clip(rng.normal(20, 6, 80), 0, 40)
    post = np.clip(pre - 4 + rng.normal(0, 6, 80), 0, 40)
    lost = rng.random(80) < np.where(post > pre - 2, 0.6, 0.2)  # de som inte blev bättre kommer mer sällan tillbaka
    kept = np.where(lost, np.nan, post)
    true_change.append((post - pre).mean())
    seen.append(isu.completers_change(pre, kept).change)
    likely.append(isu.ml_change_two_wave(pre, kept).change)
    bounds = isu.mean_bounds(pre, kept, 0, 40)
    inside.append(bounds.lower <= true_change[-1] <= bounds.upper)
pd.Series(
    {
        "sann förändring": np.mean(true_change),
        "bara de mätta": np.mean(seen),
        "som mätta med samma start": np.mean(likely),
        "andel där spannet utan antaganden innehåller sanningen": np.mean(inside),
    }
).round(2)

# %% [markdown]
# Båda punktskattningarna lovar för mycket, för de antar att de som saknas liknar de mätta. Spannet utan antaganden håller alltid. Därför står det i rapporten.

# %% [markdown]
# ## Bryt raden
#
# Ett test som inte kan bli rött bevisar ingenting. När en statistik skrivs prövas varje rad: byt ett plus mot ett minus, och se att ett test blir rött. I stora drag så här:

# %%
right = isu.effect_size([20, 22, 25, 30], [15, 20, 21, 22])
broken = right.change * -1
expected = np.mean([15, 20, 21, 22]) - np.mean([20, 22, 25, 30])  # för hand
print("rätt:", bool(np.isclose(right.change, expected)), "| bruten rad:", bool(np.isclose(broken, expected)))

# %% [markdown]
# ## Vad som är prövat och vad som inte är det
#
# - `benchmarks/RESULTAT.md` säger hur ofta varje intervall håller, i hur många simuleringar, och var det inte håller.
# - Vid varje statistik i biblioteket står formeln och källan. «Ur minnet» står där källan inte har slagits upp.
# - `tests/` har proven, och `CHANGELOG.md` varje tal som har ändrats och varför.
#
# Hittar du ett tal som du inte tror på: skriv ner enheten, året och talet, och hör av dig. Skicka aldrig uppgifter om människor.

# %%
st.INTERVAL_VALIDITY.head() if hasattr(st.INTERVAL_VALIDITY, "head") else dict(list(st.INTERVAL_VALIDITY.items())[:4])
