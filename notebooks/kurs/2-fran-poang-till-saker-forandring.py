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
# # 2. Från poäng till säker förändring
#
# Två mätningar av samma människa är aldrig exakt lika, även om inget har hänt. Hur stor skillnad krävs för att tro att den är verklig? Här går du från poäng till
# *säker förändring* (reliable change), och ser vad varje val ändrar.
#
# Alla människor i materialet är påhittade.

# %%
import isu_analysis as isu

cohort = isu.cohort("exempelstad/unga-vuxna", 2024)
core = cohort.unit.measure("core_om")
pairs = cohort.pairs("core_om", "start", "end").dropna()
pairs.describe().round(1)

# %% [markdown]
# Måttets *kort* säger åt vilket håll som är bra, hur låg och hög poängen kan vara, och vad som är publicerat om mätfelet. Varje uppgift har en källa.

# %%
print("Högre är bättre:", core.higher_is_better, "| skala", core.minimum, "till", core.maximum)
for fact in core.reliability:
    print(fact.value, fact.type, fact.status, "-", fact.source or "ingen källa")

# %% [markdown]
# ## Valet: vad räknas som säkert?
#
# Det finns två vanliga sätt att sätta gränsen.
#
# 1. **Publicerad gräns**: de som gjorde måttet säger hur mycket som krävs.
# 2. **Beräknad ur mätfelet** (Jacobson och Truax): $1{,}96\sqrt{2}\,s\sqrt{1-r}$, där $s$ är spridningen vid start och $r$ är reliabiliteten. Ju säkrare
#    mått, desto lägre gräns.

# %%
published = isu.published_criterion(core.threshold.value, source=core.threshold.source)
result = isu.reliable_change(pairs["pre"], pairs["post"], published, higher_is_better=False)
result.counts().round(3)

# %% [markdown]
# Tre delar, aldrig två: bättre, ingen säker förändring och **sämre**. «Ingen säker förändring» betyder inte oförändrad. Det betyder att måttet inte kan skilja
# förändringen från mätfel.
#
# Nu samma människor med gränsen beräknad ur mätfelet, för några reliabiliteter. Det är samma poäng hela tiden.

# %%
import pandas as pd


def criterion_for(reliability):
    """Gränsen ur mätfelet, med enhetens egen spridning vid start."""
    return isu.jacobson_truax_criterion(
        float(pairs["pre"].std()),
        reliability,
        sd_source="prövas här",
        reliability_source="prövas här",
        reliability_type="alpha",
    )


def groups(criterion):
    """Hur många som blev säkert bättre, säkert sämre, eller varken eller."""
    change = isu.reliable_change(pairs["pre"], pairs["post"], criterion, higher_is_better=False)
    return change.counts()["n"]


table = {f"publicerad, {published.threshold:g} poäng": groups(published)}
for reliability in (0.95, 0.90, 0.80, 0.70):
    criterion = criterion_for(reliability)
    table[f"r = {reliability:.2f}, {criterion.threshold:.1f} poäng"] = groups(criterion)
pd.DataFrame(table).T

# %% [markdown]
# ## Bilden: start mot slut
#
# Varje punkt är en (påhittad) människa. På linjen i mitten är start och slut lika. I det grå bandet är skillnaden mindre än gränsen. Under bandet ligger de som
# är säkert bättre, över det de som är säkert sämre. Tre gränser bredvid varandra:

# %%
import matplotlib.pyplot as plt
import numpy as np


def change_plot(ax, threshold):
    """Start mot slut, med bandet där förändringen kan vara mätfel."""
    line = np.array([core.minimum, core.maximum])
    gain = pairs["pre"] - pairs["post"]
    better, worse = gain >= threshold, gain <= -threshold
    ax.fill_between(line, line - threshold, line + threshold, color="#e6e6e6")
    ax.plot(line, line, color="#555555", linewidth=0.8)
    for chosen, colour, marker, label in (
        (better, "#1d6b75", "o", "säkert bättre"),
        (~better & ~worse, "#888888", ".", "ingen säker förändring"),
        (worse, "#a3472f", "^", "säkert sämre"),
    ):
        ax.scatter(
            pairs["pre"][chosen],
            pairs["post"][chosen],
            s=22,
            color=colour,
            marker=marker,
            label=f"{label}: {chosen.sum()}",
        )
    ax.set(xlim=line, ylim=line, xlabel="start", ylabel="slut", title=f"gräns {threshold:.1f} poäng")
    ax.legend(frameon=False, fontsize=7, loc="upper left")


figure, axes = plt.subplots(1, 3, figsize=(10.5, 3.7), layout="constrained")
for ax, reliability in zip(axes, (0.95, 0.85, 0.70), strict=True):
    change_plot(ax, criterion_for(reliability).threshold)

# %% [markdown]
# ### Dra själv
#
# Med reglagen ändrar du reliabiliteten, eller gränsen direkt. (Ser du inga reglage är `ipywidgets` inte installerat eller anteckningsboken inte körd. Bilden ovan
# säger samma sak.)

# %%
try:
    from ipywidgets import FloatSlider, interact
except ModuleNotFoundError:
    print("ipywidgets är inte installerat: se bilden ovan.")
else:

    def draw(reliability, threshold):
        _, axes = plt.subplots(1, 2, figsize=(8, 3.9), layout="constrained")
        change_plot(axes[0], criterion_for(reliability).threshold)
        change_plot(axes[1], threshold)
        plt.show()

    interact(
        draw,
        reliability=FloatSlider(
            0.90, min=0.50, max=0.99, step=0.01, description="reliabilitet", continuous_update=False
        ),
        threshold=FloatSlider(5, min=1, max=20, step=0.5, description="gräns", continuous_update=False),
    )

# %% [markdown]
# ## Hur säker är gränsen själv?
#
# Spridningen är räknad på ett begränsat antal människor, och reliabiliteten i en studie. Gränsen har alltså ett eget intervall. De som ligger inom det kan byta grupp.

# %%
isu.threshold_uncertainty(
    criterion_for(0.90), n_sd=len(pairs), n_reliability=337, same_sample=False, n_items=34, step=0.1
).to_frame().T

# %% [markdown]
# ## Vad hade hänt om ingen ändrat sig?
#
# De som börjar högt ligger ofta lägre nästa gång, också utan insats: de råkade fylla i formuläret en dålig dag (regression mot medelvärdet). Så många väntas bli «säkert
# bättre» och «säkert sämre» fast ingen har ändrats, om enhetens människor vore ett urval ur en grupp med medelvärdet 14 och spridningen 8.

# %%
from isu_analysis import statistics as st

others = st.reference_population("en större grupp, påhittad", 14, 8)
isu.expected_if_nobody_changed(
    pairs["pre"],
    published,
    others,
    reliabilities=[0.80, 0.90],
    scale=(core.minimum, core.maximum),
    higher_is_better=False,
    step=0.1,
).to_frame().T

# %% [markdown]
# ## Kom ihåg
#
# - Välj gräns **innan** du ser resultatet, och skriv var den kommer ifrån. I enhetsfilen står det under `primary`, med datum.
# - Visa alltid hur många som blev sämre, med lika stor plats.
# - Ett lägre krav gör fler bättre *och* fler sämre. Byt aldrig gräns mellan två år.
#
# Nästa: **3. De som saknas**.
