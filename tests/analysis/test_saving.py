"""Tables for R, Excel and SPSS: read back by pandas and by the SPSS reader, the same numbers and words."""

import numpy as np
import pandas as pd
import pyreadstat
import pytest

import isu_analysis as isu
from isu_analysis.errors import DataError

TABLE = pd.DataFrame(
    {
        "Andel (%)": [0.25, np.nan],
        "ord": ["åäö; «x»", None],
        "dag": pd.to_datetime(["2024-01-31", None]),
        "ja": [True, False],
        "flera": [("a", "b"), ()],
    },
    index=pd.Index(["bättre", "sämre"], name="category"),
)


def test_csv_is_what_swedish_excel_and_r_expect(tmp_path):
    isu.save_table(TABLE, tmp_path / "t.csv")
    raw = (tmp_path / "t.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") and b"0,25" in raw
    back = pd.read_csv(tmp_path / "t.csv", sep=";", decimal=",", encoding="utf-8-sig")
    assert back["category"].tolist() == ["bättre", "sämre"]
    assert back["Andel (%)"].tolist() == pytest.approx([0.25, np.nan], nan_ok=True)
    assert back["ord"].tolist()[0] == "åäö; «x»" and back["flera"].tolist()[0] == "a, b"


def test_sav_keeps_numbers_words_dates_and_the_columns_own_names(tmp_path):
    isu.save_table(TABLE, tmp_path / "t.sav")
    back, about = pyreadstat.read_sav(tmp_path / "t.sav")
    assert about.column_names == ["category", "Andel", "ord", "dag", "ja", "flera"]
    assert about.column_labels[1] == "Andel (%)"
    assert back["Andel"].tolist() == pytest.approx([0.25, np.nan], nan_ok=True)
    assert back["ord"].tolist() == ["åäö; «x»", ""] and back["ja"].tolist() == [1, 0]
    assert str(back["dag"].iloc[0])[:10] == "2024-01-31" and pd.isna(back["dag"].iloc[1])


def test_results_go_to_spss_whole(results_of, tmp_path):
    results = results_of("exempelstad/unga-vuxna", 2024)
    isu.save_table(results, tmp_path / "r.sav")
    back, _ = pyreadstat.read_sav(tmp_path / "r.sav")
    frame = results.to_frame()
    assert back["id"].tolist() == frame["id"].tolist()
    assert back["value"].tolist() == pytest.approx(frame["value"].tolist(), nan_ok=True)


def test_a_statistic_is_a_table_too(tmp_path):
    isu.save_table(isu.effect_size([20, 22, 25, 30], [15, 20, 21, 22]), tmp_path / "e.sav")
    back, _ = pyreadstat.read_sav(tmp_path / "e.sav")
    assert back["change"].tolist() == pytest.approx([-4.75])


@pytest.mark.parametrize(
    ("table", "name", "said"),
    [
        (TABLE, "t.rds", r"t\.rds: okänt slag av fil"),
        (pd.DataFrame({"a b": [1], "a-b": [2]}), "t.sav", "samma namn i SPSS"),
    ],
)
def test_what_cannot_be_saved_is_refused_and_nothing_is_written(tmp_path, table, name, said):
    with pytest.raises(DataError, match=said):
        isu.save_table(table, tmp_path / name)
    assert not list(tmp_path.iterdir())
