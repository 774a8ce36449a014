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
# # 5. En egen enhet, från kalkylblad till rapport
#
# Här gör du hela vägen med en enhet som programmet aldrig har sett: ett kalkylblad, en enhetsfil, en kontroll som hittar fel, inläsning och en färdig rapport. Allt sker i en
# tillfällig mapp, så ingenting av ditt eget rörs. I din egen mapp gör du likadant; då börjar du med `isu new` i ett kommandofönster.
#
# Människorna är påhittade här också.

# %%
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import isu_analysis as isu

project = Path(tempfile.mkdtemp(prefix="isu-kurs-")) / "projekt"

# %% [markdown]
# ## Kalkylbladet
#
# Så här kan det se ut: en rad för varje ärende, med enhetens egna rubriker. Här hittas det på. Du lägger i stället din egen fil i en mapp.

# %%
rng = np.random.default_rng(5)
n = 60
start = pd.Timestamp("2024-01-08") + pd.to_timedelta(rng.integers(0, 200, n), unit="D")
end = start + pd.to_timedelta(rng.integers(60, 140, n), unit="D")
before = np.clip(rng.normal(19, 6, n), 0, 40).round()
after = np.clip(before - rng.normal(5, 6, n), 0, 40).round()
after[rng.random(n) < 0.35] = np.nan  # de som aldrig mättes igen
blad = pd.DataFrame(
    {
        "Ärendenr": [f"B{number}" for number in range(1, n + 1)],
        "Startdatum": start.date,
        "Slutdatum": end.date,
        "Kön": rng.choice(["Kvinna", "Man"], n),
        "Avslut": rng.choice(["Planerat", "Avbrutet"], n, p=[0.75, 0.25]),
        "CORE-OM före": before,
        "CORE-OM efter": after,
    }
)
blad.head()

# %% [markdown]
# ## En projektmapp och ett utkast
#
# `isu new` gör en projektmapp, och `isu init` ett utkast till enhetsfil av kalkylbladets rubriker. Kommandona skrivs i ett kommandofönster. Här körs de från anteckningsboken.

# %%
import subprocess


def isu_command(*words):
    """Kör `isu` med orden, som i ett kommandofönster."""
    done = subprocess.run(
        [sys.executable, "-m", "isu_analysis", *map(str, words)], capture_output=True, text=True, encoding="utf-8"
    )
    print(done.stdout, done.stderr)


isu_command("new", project)

# %%
raw = project / "data_raw" / "bjorkby" / "samtal"
raw.mkdir(parents=True)
blad.to_excel(raw / "uppfoljning.xlsx", index=False)
os.environ["ISU_PROJECT"] = str(project)
isu_command("init", "bjorkby/samtal", "--from", raw / "uppfoljning.xlsx")

# %% [markdown]
# Utkastet är en textfil. Varje gissning är märkt `GISSNING`, och det som ingen fil kan säga är märkt `FYLL I`.

# %%
unit_file = project / "parameters" / "bjorkby" / "samtal.yml"
print(unit_file.read_text(encoding="utf-8"))

# %% [markdown]
# ## Fyll i det som saknas
#
# I JupyterLab öppnar du filen i listan till vänster och skriver. Här görs samma sak med ett par rader Python.

# %%
text = unit_file.read_text(encoding="utf-8")
answers = {
    "purpose": "Enheten vill veta om de som får samtal mår bättre.",
    "desired_outcome": "De som får samtal mår psykiskt bättre.",
    "target_group": "Vuxna som söker samtalsstöd.",
    "intervention": "Samtalsstöd.",
}
lines = []
for line in text.splitlines():
    key = line.partition(":")[0]
    lines.append(f'{key}: "{answers[key]}"' if key in answers and "FYLL I" in line else line)
lines.append(
    'problem: "Psykisk ohälsa, som samtalen ska lindra."'
)  # står inte i utkastet; docs/enhetsfil.md har alla nycklar
unit_file.write_text("\n".join(lines) + "\n", encoding="utf-8")
[line for line in lines if '"FYLL I' in line]

# %% [markdown]
# `declared` under `primary` är dagen då huvudutfallet bestämdes. Utkastet skriver dagens datum. Bestämdes det före året som rapporten gäller skriver du den dagen; annars säger
# rapporten att måttet valdes i efterhand.

# %%
lines = [line.partition("declared:")[0] + "declared: 2023-12-15" if "  declared:" in line else line for line in lines]
unit_file.write_text("\n".join(lines) + "\n", encoding="utf-8")
unit = isu.load_unit("bjorkby/samtal")
unit

# %% [markdown]
# ## Kontrollen hittar felen
#
# Gör ett fel med flit: en poäng som inte finns på skalan, och ett slut före starten. Kontrollen säger rad, kolumn och vad som är tillåtet, men aldrig vad som står i cellen.

# %%
wrong = blad.copy()
wrong.loc[3, "CORE-OM före"] = 99
wrong.loc[7, "Slutdatum"] = wrong.loc[7, "Startdatum"] - pd.Timedelta(days=3)
wrong.to_excel(raw / "uppfoljning.xlsx", index=False)
isu.check_files(unit)

# %% [markdown]
# Rätta i kalkylbladet (inte i programmet), och kontrollera igen. En tom tabell betyder att allt stämmer.

# %%
blad.to_excel(raw / "uppfoljning.xlsx", index=False)
isu.check_files(unit)

# %% [markdown]
# ## Läs in, titta, gör rapporten

# %%
isu.read_files(unit)
cohort = isu.cohort(unit, 2024)
cohort.response("core_om", "start", "end", "client").value_counts().rename("antal").to_frame()

# %%
report = isu.protect(isu.analyse(cohort), isu.Release.internal())
isu.show(report, "first_page")

# %% [markdown]
# Och så den färdiga rapporten, som PDF och webbsida, med tabeller och bilder bredvid.

# %%
isu_command("report", "bjorkby/samtal")
sorted(path.name for path in (project / "reports" / "internal" / "bjorkby" / "samtal" / "2024").iterdir())

# %% [markdown]
# ## Till andra program
#
# Alla tal i rapporten, med antal och intervall, som en tabell: till Excel eller R (csv) eller till SPSS (sav). Där finns inga människor, men tabellen är hel och inte prövad för
# publicering. Behandla den som den interna rapporten.

# %%
results = isu.analyse(cohort)
isu.save_table(results, project / "samtal-2024.csv")
isu.save_table(results, project / "samtal-2024.sav")
results.to_frame().head()

# %% [markdown]
# Nästa: **6. Hur vi vet att siffrorna stämmer**.
