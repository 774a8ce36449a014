"""What one part of a unit file says about another: every name must be declared where it belongs.

Works on the plain values, before they are a `Unit`, so that a misspelt measure is told together with a misspelt key.
Parts of the wrong shape are passed over here; the declarations say what shape they should have.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from isu_analysis.declarations import Place, Problem, found, nearest
from isu_analysis.errors import SettingsError
from isu_analysis.measures import CONTAINERS, Measure, measure, measures_available
from isu_analysis.settings.case_mix import CONSTANT, PRE
from isu_analysis.settings.model import Unit

Broken = Iterator[Problem]
ONE_ANSWER = {"judgement", "target", "closing", "after_only", "state"}  # kinds in which each person has one answer

WAYS = ("improved", "unchanged", "worse")  # of whoever is measured twice
TWICE, PLACED = {"scale", "state"}, {"judgement"}  # kinds that say a direction by themselves, or answer by answer

_OWN_NAMES = {
    "episode", "client", "year", "start", "end", "ending", "intervention", "reason", "contacts", "service_form", "team",
    "worker", "group", "protected",
}  # fmt: skip  # columns of the episodes table
_GROUPING = ["intervention", "reason", "service_form", "team"]  # of those, what a subgroup may be made by
_DATE_OF_RULE = {"ended": "end", "started": "start", "active": "start"}


def broken_references(values: Any) -> list[Problem]:
    """Every reference to something that is not declared, with its place."""
    checks = (_measures, _occasions, _codes, _backgrounds, _sources, _burdens)
    return [problem for check in checks for problem in check(values)]


def unfit_measures(unit: Unit) -> Broken:
    """What a read unit uses its measures for and they cannot be: judged last, when the cards are known."""
    main = unit.measure(unit.primary.measure)
    if main.kind == "scale" and unit.primary.start is None:
        yield ("primary",), "«primary › start» saknas. En skala behöver två mättillfällen."
    if main.process:
        yield ("primary", "measure"), f"{main.name_sv} följer arbetet och är inget utfall. Välj ett annat huvudutfall."
    if main.kind in CONTAINERS and not main.levels:
        yield ("primary", "measure"), f"{main.name_sv} är ingen skala. Välj en del av det, eller ett eget mått."
    yield from (*_unfit_form(unit, main), *_unfit_reference(unit))
    several = {column.measure for source in unit.sources for column in source.measurements if column.item_column}
    for at, target in enumerate(unit.targets):
        if unit.measure(target.measure).kind not in ONE_ANSWER or target.measure in several:
            yield (
                ("targets", at),
                "ett mål är en andel av personer, och måttet har flera svar (eller en skala) för var och en.",
            )
    for at, source in enumerate(unit.sources):
        seen: set[tuple[str, ...]] = set()
        for place, column in enumerate(source.measurements):
            card = unit.measure(column.measure)
            if card.raters and column.rater not in card.raters:
                allowed = ", ".join(card.raters)
                yield (
                    ("sources", at, "measurements", place),
                    f"{card.name_sv} besvaras inte av «{column.rater}». Tillåtna: {allowed}.",
                )
            headings = column.headings(card)
            if headings in seen:
                yield (
                    ("sources", at, "measurements", place),
                    "samma kolumn läses två gånger. Ett tillfälle har sina egna kolumner.",
                )
            seen.add(headings)
            scored = card.scoring is not None and card.scoring.method != "import_only"
            if column.items and not scored:
                yield (
                    ("sources", at, "measurements", place),
                    f"{card.name_sv} kan inte räknas ur frågor. Läs in den färdiga poängen.",
                )
            elif column.items and card.scoring and len(column.headings(card)) != card.scoring.items:
                yield (
                    ("sources", at, "measurements", place),
                    f"«items» ska ha en kolumn för var och en av {card.scoring.items} frågor.",
                )


def _unfit_reference(unit: Unit) -> Broken:
    if unit.case_mix and unit.measure(unit.case_mix.measure).kind != "scale":
        name = unit.measure(unit.case_mix.measure).name_sv
        yield ("case_mix", "measure"), f"{name} är ingen skala. En modell under «case_mix» finns bara för skalor."


def _unfit_form(unit: Unit, main: Measure) -> Broken:
    """A form that leaves an answer without a place would lose people; one that places none has nothing to show."""
    form = unit.common_form
    if form is None:
        return
    told = WAYS if main.kind in TWICE else main.codes
    for name in form.placed:
        if name not in told:
            yield (
                ("common_form",),
                f"svaret «{name}» finns inte.{nearest(name, list(told))} Tillåtna: {', '.join(told)}.",
            )
    if main.kind in TWICE and (
        set(form.improved) - {"improved"} or set(form.worse) - {"worse"} or set(form.maintained) - {"unchanged"}
    ):
        yield ("common_form",), "bara «unchanged» får flyttas, och bara till «maintained»."
    turned = {level.code for level in main.levels if level.meaning == "worse"} & set(form.improved)
    if turned:
        yield (
            ("common_form",),
            f"måttet kallar svaret sämre: {', '.join(sorted(turned))}. Det kan inte stå under «improved».",
        )
    combined = any(level.meaning == "unchanged_or_worse" for level in main.levels)  # nobody can tell the two apart
    if main.kind in PLACED and not combined:
        known = [level.code for level in main.levels if level.meaning not in {"not_applicable", "not_known"}]
        missing = [code for code in known if code not in form.placed]
        if missing:
            yield ("common_form",), f"dessa svar har ingen plats i «common_form»: {', '.join(missing)}."
    elif main.kind not in TWICE and form.placed:
        yield (
            ("common_form",),
            f"{main.name_sv} mäts bara efteråt och säger inget om förbättring. Skriv bara version, approved och approved_by.",
        )


def _texts(values: Any, *pattern: str) -> list[tuple[Place, str]]:
    return [(place, text) for place, text in found(values, *pattern) if isinstance(text, str)]


def _unless_in(known: list[str], used: list[tuple[Place, str]], what: str) -> Broken:
    for place, name in used:
        if name not in known:
            yield place, f"{what.format(name)}{nearest(name, known)} Tillåtna: {', '.join(known) or 'inga'}."


def _measures(values: Any) -> Broken:
    own = [name for _, name in _texts(values, "local_measures", "*", "id")]
    chosen = _texts(values, "measures", "*")
    known = [*measures_available(), *own]
    yield from _unless_in(known, chosen, "måttet «{}» finns varken i registret eller under «local_measures».")
    used = [
        *_texts(values, "sources", "*", "measurements", "*", "measure"),
        *_texts(values, "sources", "*", "long", "measure", "values", "*"),
        *_texts(values, "primary", "measure"),
        *_texts(values, "primary", "earlier", "*", "measure"),
        *_texts(values, "references", "*", "measure"),
        *_texts(values, "case_mix", "measure"),
        *_texts(values, "targets", "*", "measure"),
    ]
    wholes = [(place, name.partition(".")[0]) for place, name in used]
    yield from _unless_in([name for _, name in chosen], wholes, "måttet «{}» står inte under «measures».")
    yield from _parts(used, own, {name for _, name in chosen})
    for place, name in _texts(values, "local_measures", "*", "id"):
        if own.index(name) != place[1]:
            yield place, f"måttet «{name}» beskrivs två gånger."


def _parts(used: list[tuple[Place, str]], own: list[str], chosen: set[str]) -> Broken:
    """A part of a registered measure must be on its card; a unit's own measures are told by their own rules."""
    for place, name in used:
        whole, _, part = name.partition(".")
        if not part or whole in own or whole not in chosen or whole not in measures_available():
            continue
        try:
            measure(name)
        except SettingsError as error:
            yield place, str(error)


def _occasions(values: Any) -> Broken:
    known = [place[-1] for place, _ in found(values, "occasions", "*")]
    used = [
        *_texts(values, "sources", "*", "measurements", "*", "occasion"),
        *_texts(values, "sources", "*", "occasion", "values", "*"),
        *_texts(values, "primary", "start"),
        *_texts(values, "primary", "end"),
    ]
    yield from _unless_in(list(map(str, known)), used, "mättillfället «{}» finns inte under «occasions».")
    roles = [role for _, role in _texts(values, "occasions", "*", "role")]
    for place, _ in _texts(values, "occasions", "*", "session"):
        if "session" not in roles:
            yield place, "«session» behöver ett mättillfälle med «role: session», som samtalen hör till."


def _codes(values: Any) -> Broken:
    """Codes of the unit's own measures; a code that no level has would refuse every row, or count nothing."""
    levels = {
        str(measure.get("id")): [code for _, code in _texts(measure, "levels", "*", "code")]
        for _, measure in found(values, "local_measures", "*")
        if isinstance(measure, dict) and measure.get("levels")
    }
    for place, column in found(values, "sources", "*", "measurements", "*"):
        if isinstance(column, dict) and column.get("measure") in levels:
            used = [((*place, *inner), code) for inner, code in _texts(column, "values", "*")]
            yield from _unless_in(levels[column["measure"]], used, "svaret «{}» finns inte bland måttets svarsnivåer.")
    chosen = [name for _, name in _texts(values, "measures", "*") if name in measures_available()]
    known = [*levels.values(), *(measure(name).codes for name in chosen)]
    every = list(dict.fromkeys(code for codes in known for code in codes))
    yield from _unless_in(every, _texts(values, "counting_outside", "*"), "svaret «{}» finns inte i något av måtten.")


def _backgrounds(values: Any) -> Broken:
    declared = [(place, str(place[-1])) for place, _ in found(values, "sources", "*", "background", "*")]
    known = [*_GROUPING, *dict.fromkeys(name for _, name in declared)]
    used = _texts(values, "subgroups", "*", "by")
    yield from _unless_in(known, used, "undergruppen «{}» finns inte bland bakgrundsuppgifterna.")
    terms = [(place, name) for place, name in _texts(values, "case_mix", "terms", "*", "name") if ": " not in name]
    asked = [(place, name) for place, name in terms if name not in {CONSTANT, PRE}]
    asked += [(place, str(place[-1])) for place, _ in found(values, "case_mix", "words", "*")]
    yield from _unless_in([name for _, name in declared], asked, "«{}» finns inte bland bakgrundsuppgifterna.")
    numbers = {str(place[-1]) for place, one in found(values, "sources", "*", "background", "*") if _is_number(one)}
    only = [(place, str(place[-1])) for place, _ in found(values, "cohort", "only", "*")]
    sorting = [name for name in known if name not in numbers]
    yield from _unless_in(sorting, only, "uppgiften «{}» under «only» finns inte bland bakgrundsuppgifterna.")
    for _, name in only:
        if words := _words(values, name):  # without them anything may stand in the column
            told = _texts(values, "cohort", "only", name, "*")
            yield from _unless_in(words, told, "ordet «{}» under «only» finns inte bland uppgiftens ord.")
    for place, name in declared:
        if name in _OWN_NAMES:
            yield place, f"«{name}» är upptaget. Välj ett annat namn på bakgrundsuppgiften."


def _is_number(column: Any) -> bool:
    return isinstance(column, dict) and column.get("type") == "number"


def _words(values: Any, name: str) -> list[str]:
    """What a background, or a column that sorts people, may say by the files' ``values``; a list stands for itself."""
    parts = [*found(values, "sources", "*", "background", name), *found(values, "sources", "*", name)]
    said = [part.get("values") for _, part in parts if isinstance(part, dict)]
    return [str(word) for words in said if words for word in (words.values() if isinstance(words, dict) else words)]


def _burdens(values: Any) -> Broken:
    """Minutes of a measurement that is in none of the unit's files would be nobody's."""
    raters = _raters(values)
    known = dict.fromkeys([*raters, *(name.partition(".")[0] for name in raters)])
    yield from _unless_in(
        list(known), _texts(values, "burden", "*", "measure"), "måttet «{}» finns inte i någon av enhetens filer."
    )
    seen: set[tuple[object, object]] = set()
    for place, row in found(values, "burden", "*"):
        name, rater = (row.get("measure"), row.get("rater")) if isinstance(row, dict) else (None, None)
        if name in known and rater:
            allowed = [one for whole, who in raters.items() if name in (whole, whole.partition(".")[0]) for one in who]
            told = [((*place, "rater"), str(rater))]
            yield from _unless_in(list(dict.fromkeys(allowed)), told, "«{}» svarar inte på måttet i enhetens filer.")
        if (name, rater) in seen:
            yield place, "tiden för samma mått är angiven två gånger."
        seen.add((name, rater))


def _raters(values: Any) -> dict[str, list[str]]:
    """Who answers each measure or part, as the sources say."""
    raters: dict[str, list[str]] = {}
    for _, column in found(values, "sources", "*", "measurements", "*"):
        if isinstance(column, dict):
            raters.setdefault(str(column.get("measure")), []).append(str(column.get("rater")))
    for _, long in found(values, "sources", "*", "long"):
        if isinstance(long, dict):
            who = [text for _, text in (*_texts(long, "rater"), *_texts(long, "rater_column", "values", "*"))]
            for _, name in _texts(long, "measure", "values", "*"):
                raters.setdefault(name, []).extend(who)
    return raters


def _sources(values: Any) -> Broken:
    rules = [rule for _, rule in _texts(values, "cohort", "rule")]
    date = _DATE_OF_RULE.get(rules[0] if rules else "ended")
    for place, source in found(values, "sources", "*"):
        if not isinstance(source, dict):
            continue
        if source.get("rows") == "episode":
            yield from _episode_source(place, source, date)
        for inner, column in found(source, "measurements", "*"):
            if isinstance(column, dict) and not column.get("occasion") and not source.get("occasion"):
                yield (*place, *inner), "kolumnen saknar «occasion», och filen har ingen kolumn för mättillfället."
        if source.get("long") and not source.get("occasion"):
            yield (*place, "long"), "«occasion» saknas: kolumnen som säger vid vilket tillfälle varje rad är mätt."


def _episode_source(place: Place, source: dict[str, Any], date: str | None) -> Broken:
    """Without these no row could be told from another, or no row would belong to any year."""
    if not source.get("id") and not source.get("client"):
        yield (
            place,
            "en fil med ett ärende på varje rad måste ha «id», kolumnen med ärendets nummer, eller «client», personens.",
        )
    if date and not source.get(date):
        yield place, f"«{date}» saknas: kolumnen med datum avgör vilket år ett ärende hör till («cohort: rule»)."
    if date is None and not source.get("year") and "{year}" not in str(source.get("file")):
        yield place, "året saknas: ange «year», eller {year} i filnamnet, när «cohort: rule» är declared."
