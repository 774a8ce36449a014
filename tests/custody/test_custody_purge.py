import datetime as dt
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import small_project as small
from small_project import row

from isu_analysis import files
from isu_analysis.custody import overdue, purge
from isu_analysis.custody.purge import retained_from
from isu_analysis.errors import SettingsError
from isu_analysis.intake import intake, list_path, raw_folder, store

KEY = "a-kommun/oppenvard"
NEW_YEAR = dt.date(2023, 1, 1)
REPORT = "reports/public/a-kommun/oppenvard/2021/manifest.json"


def case(number, start, end, **more):
    return row(number, start=dt.date.fromisoformat(start), slut=end and dt.date.fromisoformat(end), **more)


@pytest.fixture
def unit(project):
    """Three years: 2021 and 2022 with two cases each, 2024 with three, all ended; and what lies around them."""
    unit = small.unit(project)
    for year, count in ((2021, 2), (2022, 2), (2024, 3)):
        rows = [case(f"{year}-{n}", f"{year}-01-10", f"{year}-12-{30 + n}") for n in range(min(2, count))]
        rows += [case(f"{year}-2", f"{year}-01-10", f"{year}-06-01")] if count == 3 else []
        small.xlsx(small.raw(project, f"ärenden {year}.xlsx"), rows)
    intake(unit, project)
    runs = store.folder(project, unit) / "korningar"
    for name in ("2021-internal.ipynb", "2021-public.ipynb", "2022-internal.ipynb", "2024-internal.ipynb"):
        files.write(runs / name, b"{}")
    files.write(project / REPORT, b"{}")
    return unit


def state(project, unit):
    found = store.load(project, unit)
    return sorted(found.episodes["end"].dt.date.astype(str)), len(found.measurements)


def test_what_was_over_before_the_date_goes_and_the_rest_stays(project, unit):
    before = small.tree(project)
    purged = purge(project, NEW_YEAR)
    (said,) = purged.units
    assert (said.episodes, said.people, said.measurements, said.raw, said.runs) == (4, 4, 12, 2, 3)
    assert state(project, unit) == (["2024-06-01", "2024-12-30", "2024-12-31"], 9)
    after = small.tree(project)
    raw, table = "data_raw/a-kommun/oppenvard", "data_processed/a-kommun/oppenvard"
    gone = {f"{raw}/ärenden 2021.xlsx", f"{raw}/ärenden 2022.xlsx", f"{table}/korningar/2021-internal.ipynb",
            f"{table}/korningar/2021-public.ipynb", f"{table}/korningar/2022-internal.ipynb"}  # fmt: skip
    assert set(before) - set(after) == gone and not set(after) - set(before)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {f"{table}/episodes.parquet", f"{table}/measurements.parquet", f"{table}/intake.json"}
    assert {REPORT, ".isu/pseudonymnyckel", "parameters/a-kommun/oppenvard.yml"} <= set(after)
    text = str(purged)
    assert text.startswith("Borttaget det som är äldre än 2023-01-01:")
    assert f"{KEY}: 4 ärenden, 4 personer, 12 mätningar, 2 råfiler, 3 körningar" in text
    assert "publicerade rapporter" in text and "2021-0" not in text


def test_the_day_itself_is_kept(project, unit):
    assert purge(project, dt.date(2022, 12, 30), dry_run=True).units[0].episodes == 2
    assert purge(project, dt.date(2022, 12, 31), dry_run=True).units[0].episodes == 3
    assert purge(project, dt.datetime(2022, 12, 31, 12), dry_run=True).units[0].episodes == 3


def test_a_dry_run_says_the_same_and_touches_nothing(project, unit):
    before = small.tree(project)
    dry = purge(project, NEW_YEAR, dry_run=True)
    assert small.tree(project) == before
    assert str(dry).startswith("Skulle ta bort det som är äldre än 2023-01-01:") and dry
    done = purge(project, NEW_YEAR)
    assert dry.units == done.units
    again = purge(project, NEW_YEAR)
    assert not again and f"{KEY}: inget" in str(again)


def test_tables_keep_their_types_and_a_new_intake_gives_the_same_cases(project, unit):
    types = store.load(project, unit)
    purge(project, NEW_YEAR)
    found = store.load(project, unit)
    assert found.episodes.dtypes.equals(types.episodes.dtypes)
    assert found.measurements.dtypes.equals(types.measurements.dtypes)
    assert [file["file"] for file in found.about["files"]] == ["ärenden 2024.xlsx"]
    assert found.about["key_fingerprint"] == types.about["key_fingerprint"]
    ended = found.episodes["end"].tolist()
    assert intake(unit, project).episodes["end"].tolist() == ended


def test_only_the_units_named_are_touched(project, unit):
    before = small.tree(project)
    assert purge(project, dt.date(2030, 1, 1), []).units == ()
    assert small.tree(project) == before
    with pytest.raises(SettingsError, match="Okänd enhet"):
        purge(project, NEW_YEAR, ["a-kommun/annan"])


def test_when_everything_is_older_nothing_of_the_people_is_left(project, unit):
    purged = purge(project, dt.date(2025, 1, 1)).units[0]
    assert (purged.episodes, purged.people, purged.raw, purged.runs) == (7, 7, 3, 4)
    found = store.load(project, unit)
    assert len(found.episodes) == len(found.measurements) == 0
    assert not list(raw_folder(project, unit).iterdir())


# Cases without an end, loose forms, protected identities: tables made by hand


def edited(project, unit, **changes):
    """First case with other values, its measurements kept."""
    found = store.load(project, unit)
    episodes = found.episodes.copy()
    for name, value in changes.items():
        episodes.loc[0, name] = value
    store.save(project, unit, replace(found, episodes=episodes))


def removed(project, before):
    return purge(project, before, dry_run=True).units[0].episodes


@pytest.mark.parametrize(
    ("changes", "gone_before", "kept_before"),
    [
        ({"end": pd.NaT, "ending": "ongoing", "year": pd.NA}, None, "2099-01-01"),  # open: never too old
        ({"end": pd.NaT, "ending": pd.NA, "year": pd.NA}, None, "2099-01-01"),  # nobody says that it is over
        ({"end": pd.NaT, "ending": "never_started", "year": pd.NA}, "2021-01-11", "2021-01-10"),  # its start is all
        ({"end": pd.NaT, "ending": "unplanned", "year": 2021}, "2022-01-01", "2021-12-31"),  # some day of the year
        ({"start": pd.NaT, "end": pd.NaT, "ending": "planned", "year": 2021}, "2022-01-01", "2021-12-31"),  # protected
        ({"start": pd.NaT, "end": pd.NaT, "ending": pd.NA, "year": 2021}, "2022-01-01", "2021-12-31"),
        ({"start": pd.NaT, "end": pd.NaT, "ending": "ongoing", "year": 2021}, None, "2099-01-01"),
    ],
)
def test_a_case_without_an_end_is_as_old_as_what_is_known_of_it(project, unit, changes, gone_before, kept_before):
    edited(project, unit, **changes)
    mine = store.load(project, unit).episodes.loc[0, "episode"]
    purge(project, dt.date.fromisoformat(kept_before))
    assert mine in set(store.load(project, unit).episodes["episode"])
    if gone_before:
        purge(project, dt.date.fromisoformat(gone_before))
        assert mine not in set(store.load(project, unit).episodes["episode"])
        assert mine not in set(store.load(project, unit).measurements["episode"].dropna())


def test_a_person_without_dates_is_as_old_as_the_last_year_measured(project, unit):
    found = store.load(project, unit)
    rows = found.measurements.copy()
    mine = found.episodes.loc[0, "episode"]
    rows.loc[rows.index[rows["episode"] == mine][0], "year"] = 2022
    edited(project, unit, start=pd.NaT, end=pd.NaT)
    store.save(project, unit, replace(store.load(project, unit), measurements=rows))
    purge(project, dt.date(2022, 12, 31))
    assert mine in set(store.load(project, unit).episodes["episode"])
    purge(project, NEW_YEAR)
    assert mine not in set(store.load(project, unit).episodes["episode"])


def test_a_follow_up_after_the_end_keeps_the_case_until_it_too_is_old(project, unit):
    found = store.load(project, unit)
    rows = found.measurements.copy()
    mine = rows["episode"] == found.episodes.loc[0, "episode"]
    rows.loc[rows.index[mine][0], "day"] = pd.Timestamp("2023-03-01")
    store.save(project, unit, replace(found, measurements=rows))
    assert removed(project, NEW_YEAR) == 3
    assert removed(project, dt.date(2023, 3, 1)) == 3
    assert removed(project, dt.date(2023, 3, 2)) == 4


def test_loose_measurements_go_by_their_own_day_or_year(project, unit):
    found = store.load(project, unit)
    rows = found.measurements.iloc[[0] * 6].copy()
    rows["episode"] = pd.array([None, None, None, None, "okänt", "okänt"], dtype=rows["episode"].dtype)
    days = ["2022-12-31", "2023-01-01", None, None, "2022-12-31", None]
    rows["day"] = pd.Series(pd.to_datetime(days), index=rows.index).dt.as_unit("ms").values
    rows["year"] = pd.array([2022, 2023, 2022, None, 2023, 2023], dtype="Int64")
    store.save(project, unit, replace(found, measurements=rows.reset_index(drop=True)))
    said = purge(project, NEW_YEAR).units[0]
    assert said.measurements == 3 and said.undated == 1
    assert "1 rader utan år och datum är kvar" in str(said)
    assert store.load(project, unit).measurements["year"].tolist()[0::2] == [2023, 2023]


def test_one_person_with_an_old_and_a_new_case_is_still_a_person(project, unit):
    found = store.load(project, unit)
    episodes = found.episodes.assign(client="samma")
    store.save(project, unit, replace(found, episodes=episodes))
    said = purge(project, NEW_YEAR).units[0]
    assert (said.episodes, said.people) == (4, 0)


# Raw files


def test_a_years_file_stays_while_a_case_of_it_is_open(project):
    unit = small.unit(project)
    small.xlsx(
        small.raw(project, "ärenden 2021.xlsx"),
        [case("1", "2021-01-10", "2021-06-01"), case("2", "2021-02-01", None, avslut="Pågår")],
    )
    small.xlsx(small.raw(project, "ärenden 2020.xlsx"), [case("3", "2020-01-10", "2020-06-01")])
    intake(unit, project)
    said = purge(project, NEW_YEAR).units[0]
    assert (said.episodes, said.raw) == (2, 1)
    assert [path.name for path in raw_folder(project, unit).iterdir()] == ["ärenden 2021.xlsx"]
    assert said.kept[0].startswith("ärenden 2021.xlsx är kvar") and "nästa inläsning" in str(said)


def test_an_open_case_keeps_its_file_also_when_nothing_was_measured(project, unit):
    edited(project, unit, end=pd.NaT, ending="ongoing", year=pd.NA)
    found = store.load(project, unit)
    others = found.measurements["episode"] != found.episodes.loc[0, "episode"]
    store.save(project, unit, replace(found, measurements=found.measurements[others]))
    said = purge(project, NEW_YEAR).units[0]
    assert said.raw == 0 and [line[:17] for line in said.kept] == ["ärenden 2021.xlsx", "ärenden 2022.xlsx"]


def test_with_active_cases_every_year_they_were_open_is_kept(project):
    unit = small.unit(project, small.SETTINGS.replace("rule: ended", "rule: active"))
    small.xlsx(small.raw(project, "ärenden 2019.xlsx"), [case("1", "2019-01-10", "2019-06-01")])
    small.xlsx(small.raw(project, "ärenden 2020.xlsx"), [case("2", "2020-01-10", "2024-03-01")])
    small.xlsx(small.raw(project, "ärenden 2021.xlsx"), [case("3", "2021-01-10", "2021-06-01")])
    intake(unit, project)
    said = purge(project, NEW_YEAR).units[0]
    assert (said.episodes, said.raw) == (2, 1)
    assert sorted(path.name[-9:] for path in raw_folder(project, unit).iterdir()) == ["2020.xlsx", "2021.xlsx"]


def test_a_file_without_a_year_stays_until_everything_is_older(project):
    unit = small.unit(project, small.SETTINGS.replace("ärenden {year}.xlsx", "ärenden.xlsx"))
    small.xlsx(
        small.raw(project, "ärenden.xlsx"),
        [case("1", "2021-01-10", "2021-06-01"), case("2", "2024-02-01", "2024-03-01")],
    )
    intake(unit, project)
    said = purge(project, NEW_YEAR).units[0]
    assert (said.episodes, said.raw) == (1, 0) and "inget år i namnet" in said.kept[0]
    said = purge(project, dt.date(2025, 1, 1)).units[0]
    assert (said.episodes, said.raw, said.kept) == (1, 1, ())


def test_files_that_the_unit_file_does_not_know_are_told_and_kept(project, unit):
    for name in ("anteckningar 2019.docx", "Thumbs.db", "~$ärenden 2024.xlsx"):
        small.raw(project, name).write_bytes(b"x")
    said = purge(project, NEW_YEAR).units[0]
    assert said.kept == ("anteckningar 2019.docx är kvar: filen nämns inte i enhetsfilen. Se efter själv.",)
    assert small.raw(project, "anteckningar 2019.docx").exists()


def with_forms(project, day, year):
    """One case over in 2022 and one in 2024, whose first form is of a day and stands in the file of a year."""
    unit = small.unit(project, small.FORMS)
    for of, over in ((2022, "2022-06-01"), (2024, "2024-06-01")):
        cases = [case(f"{of}", f"{of}-01-10" if of == 2022 else "2022-11-01", over, före=None, efter=None)]
        small.xlsx(small.raw(project, f"ärenden {of}.xlsx"), cases)
    forms = {2022: [["2022", dt.date(2022, 1, 10), "Nybesök", 20]], 2024: [["2024", dt.date(2024, 6, 1), "Avslut", 9]]}
    forms[year].append(["2024", day, "Nybesök", 21])
    for of, rows in forms.items():
        small.xlsx(small.raw(project, f"skattningar {of}.xlsx"), rows, headings=small.FORM_HEADINGS)
    intake(unit, project)
    return unit


def content(found):
    rows = found.measurements.drop(columns="record")
    return found.episodes["episode"].tolist(), sorted(map(str, rows.itertuples(index=False)))


def left(project, unit):
    return sorted(path.name for path in raw_folder(project, unit).iterdir())


def test_a_later_case_measured_in_the_year_does_not_keep_that_years_files(project):
    unit = with_forms(project, dt.date(2022, 11, 2), 2024)
    said = purge(project, dt.date(2024, 1, 1)).units[0]
    assert (said.episodes, said.raw, said.kept) == (1, 2, ())
    assert left(project, unit) == ["skattningar 2024.xlsx", "ärenden 2024.xlsx"]
    found = content(store.load(project, unit))
    assert content(intake(unit, project)) == found


def test_a_form_of_a_later_case_keeps_the_file_it_stands_in_and_that_is_the_reason_told(project):
    unit = with_forms(project, dt.date(2022, 11, 2), 2022)
    found = store.load(project, unit)
    said = purge(project, dt.date(2024, 1, 1)).units[0]
    assert (said.episodes, said.raw) == (1, 1)
    assert left(project, unit) == ["skattningar 2022.xlsx", "skattningar 2024.xlsx", "ärenden 2024.xlsx"]
    (line,) = said.kept
    assert line.startswith("skattningar 2022.xlsx är kvar: den kan ha mätningar som är nyare eller hör till ärenden")
    rows = found.measurements
    both = rows["episode"].isin(found.episodes.loc[found.episodes["year"] == 2024, "episode"]) & rows["value"].notna()
    assert sorted(rows.loc[both, "value"]) == [9, 21]
    assert {9, 21} <= set(intake(unit, project).measurements["value"].dropna())


def test_a_kept_measurement_that_a_file_never_holds_does_not_keep_it(project):
    unit = with_forms(project, dt.date(2022, 11, 2), 2024)
    found = store.load(project, unit)
    loose = found.measurements.iloc[[0]].assign(
        measure="laget", episode=pd.NA, day=pd.Timestamp("2024-05-01"), year=2022
    )
    rows = pd.concat([found.measurements, loose.astype(found.measurements.dtypes)], ignore_index=True)
    store.save(project, unit, replace(found, measurements=rows))
    said = purge(project, dt.date(2024, 1, 1), dry_run=True).units[0]
    assert (said.raw, said.kept) == (2, ())  # the forms are of the other measure


def test_with_started_cases_a_measurement_keeps_the_file_its_case_stands_in(project):
    unit = small.unit(project, small.SETTINGS.replace("rule: ended", "rule: started"))
    small.xlsx(small.raw(project, "ärenden 2021.xlsx"), [case("1", "2021-01-10", "2021-06-01")])
    small.xlsx(small.raw(project, "ärenden 2022.xlsx"), [case("2", "2021-11-10", "2024-06-01")])
    intake(unit, project)
    purge(project, NEW_YEAR)
    assert "ärenden 2022.xlsx" in left(project, unit)


def test_the_demonstrations_talks_before_2024_leave_no_file_of_2022(demo_project):
    key = "exempelstad/samtalsmottagning"
    said = purge(demo_project, dt.date(2024, 1, 1), [key], dry_run=True).units[0]
    assert said.raw == 2
    assert [line.split(" är kvar")[0] for line in said.kept] == ["besoksregister_2023.xlsx", "sjalvskattning_2023.xlsx"]


@pytest.mark.parametrize("before", [NEW_YEAR, dt.date(2025, 1, 1)])
def test_what_is_never_read_in_is_told_and_kept_however_little_is_left(project, unit, before):
    names = (".ärenden 2021.xlsx", "2019/ärenden 2019.xlsx", "2019/djupare/b.csv", "mall/mall_ärenden ÅÅÅÅ.xlsx")
    for name in (*names, "mall/Thumbs.db"):
        files.write(small.raw(project, name), b"x")
    said = purge(project, before).units[0]
    told = [line for line in said.kept if "läses aldrig in" in line and "Ta bort den själv" in line]
    assert sorted(line.split(" är kvar: ")[0] for line in told) == sorted(names)
    assert all(small.raw(project, name).exists() for name in names)


def test_a_hidden_copy_is_not_removed_because_a_star_fits_its_name(project):
    unit = small.unit(project, small.SETTINGS.replace("ärenden {year}.xlsx", "*.xlsx"))
    small.xlsx(small.raw(project, "a.xlsx"), [case("1", "2021-01-10", "2021-06-01")])
    small.raw(project, ".b.xlsx").write_bytes(b"x")
    intake(unit, project)
    assert purge(project, NEW_YEAR).units[0].raw == 1
    assert left(project, unit) == [".b.xlsx"]


def test_the_list_of_problems_goes_with_the_rows_it_lists(project, unit):
    listed = list_path(project, unit)
    files.write(listed, b"x")
    assert purge(project, dt.date(2020, 1, 1)).units[0].lists == 0 and listed.exists()  # nothing is older
    dry = purge(project, NEW_YEAR, dry_run=True)
    assert listed.exists() and "1 problemlista" in str(dry)
    assert purge(project, NEW_YEAR).units == dry.units and not listed.exists()


def test_a_list_of_problems_goes_also_when_nothing_was_ever_read_in(project):
    unit = small.unit(project)
    small.xlsx(small.raw(project, "ärenden 2021.xlsx"), [row("A1", start="i går")])
    small.refused(unit, project)
    assert list_path(project, unit).exists()
    assert purge(project, NEW_YEAR).units[0].lists == 1 and not list_path(project, unit).exists()


def test_a_list_that_is_open_in_another_program_stops_the_purge_before_anything_is_gone(project, unit, monkeypatch):
    files.write(list_path(project, unit), b"x")
    before = small.tree(project)
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: (_ for _ in ()).throw(PermissionError(13, "open")))
    with pytest.raises(files.WriteError, match="Stäng filen"):
        purge(project, NEW_YEAR)
    assert small.tree(project) == before


def test_raw_files_never_read_in_go_by_their_year(project):
    unit = small.unit(project)
    for year in (2021, 2024):
        small.xlsx(small.raw(project, f"ärenden {year}.xlsx"), [row("A1")])
    said = purge(project, NEW_YEAR).units[0]
    assert said.raw == 1 and said.episodes == 0 and said
    assert [path.name for path in raw_folder(project, unit).iterdir()] == ["ärenden 2024.xlsx"]


def test_left_overs_of_interrupted_writing_go_but_not_the_only_copy(project, unit):
    folder = store.folder(project, unit)
    for name in (
        ".episodes.parquet.0a1b2c3d.gammal",
        ".episodes.parquet.0a1b2c3d.ny",
        ".borta.parquet.0a1b2c3d.gammal",
    ):
        (folder / name).write_bytes(b"x")
    assert purge(project, NEW_YEAR).units[0].remains == 2
    assert [path.name for path in folder.glob(".*")] == [".borta.parquet.0a1b2c3d.gammal"]


def test_a_file_that_is_open_in_another_program_is_told_and_the_next_purge_takes_it(project, unit, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", lambda *_, **__: (_ for _ in ()).throw(PermissionError(13, "open")))
        with pytest.raises(files.WriteError, match="Stäng filen"):
            purge(project, NEW_YEAR)
    again = purge(project, NEW_YEAR).units[0]
    assert (again.episodes, again.raw, again.runs) == (0, 2, 3)
    assert [file["file"] for file in store.load(project, unit).about["files"]] == ["ärenden 2024.xlsx"]


def test_rows_that_cannot_be_written_stop_the_purge_before_any_file_is_gone(project, unit, monkeypatch):
    before = small.tree(project)
    monkeypatch.setattr(files, "write_together", lambda *_: (_ for _ in ()).throw(files.WriteError("full")))
    with pytest.raises(files.WriteError):
        purge(project, NEW_YEAR)
    assert small.tree(project) == before


# The unit's own retention time


def test_overdue_counts_back_the_units_own_years(project, unit):
    assert unit.retention_years == 5
    assert not overdue(unit, dt.date(2026, 12, 30), project)
    late = overdue(unit, dt.date(2026, 12, 31), project)
    assert late and late.dry_run and late.before == dt.date(2021, 12, 31) and late.units[0].episodes == 1
    assert overdue(KEY, dt.date(2027, 1, 1), project).units[0].episodes == 2
    assert state(project, unit)[1] == 21  # nothing was touched


def test_retention_over_a_leap_day(unit):
    assert retained_from(unit, dt.date(2024, 2, 29)) == dt.date(2019, 2, 28)
    assert retained_from(unit.model_copy(update={"retention_years": 4}), dt.date(2024, 2, 29)) == dt.date(2020, 2, 29)


def test_a_date_later_than_the_units_own_time_is_pointed_out(project, unit):
    assert "gallringstid" in str(purge(project, dt.date(2020, 1, 1), dry_run=True))  # data are of 2024-12-31, 5 years
    assert "gallringstid" not in str(purge(project, dt.date(2019, 12, 31), dry_run=True))
