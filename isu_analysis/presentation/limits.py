"""What the result does not say."""

from __future__ import annotations

from isu_analysis.presentation.blocks import Block, Bullets, Heading
from isu_analysis.presentation.reader import Reader


def blocks(read: Reader) -> list[Block]:
    """Limits that follow from how this unit follows up."""
    unit, main = read.report.context.unit, read.report.main
    trial = any(group.kind == "trial_arms" for group in unit.subgroups)
    lines = [
        "Ett resultat är inte en effekt. "
        + ("Rapporten beskriver båda grupperna men gör ingen effektmätning." if trial else
           "Rapporten visar hur det gick, inte vad som orsakade det: ingen jämförelsegrupp finns."),
        "Rapporten säger inget om dem som inte följdes upp, mer än hur mycket de kan ändra.",
    ]  # fmt: skip
    if main.once:
        lines.append("Utan mätning före insatsen går det inte att se om någon har förändrats.")
    if main.design in {"change", "sessions"}:
        lines.append(
            "Den som söker hjälp när det är som svårast mår ofta bättre efter en tid även utan hjälp. Det ingår i siffrorna."
        )
    lines.append("Enheter med andra målgrupper, mått eller bortfall kan inte jämföras med den här.")
    lines += list(unit.assumptions)
    return [Heading("Vad resultatet inte säger"), Bullets(tuple(lines))]
