"""The program can tell what it is made of and what is amiss."""

from importlib.metadata import version

import pytest


def test_a_whole_installation_says_what_it_is_made_of(fitted):
    found = fitted.json("doctor")
    assert found["versions"]["numpy"] == version("numpy")
    assert found["catalog"] == {
        "path": str(fitted.folder / "music.duckdb"),
        "tracks": 180,
        "models": 1,
        "reason": "",
        "mend": "",
    }
    assert found["cores"] >= 1
    assert {extra["extra"] for extra in found["extras"]} >= {"demo"}


def test_switched_off_kernels_name_their_switch(partsong):
    partsong.environment["PARTSONG_KERNELS"] = "numpy"
    for kernel in partsong.json("doctor")["kernels"]:
        assert kernel["instructions"] is None
        assert "PARTSONG_KERNELS" in kernel["mend"]
    assert "Unset PARTSONG_KERNELS." in partsong("doctor")


def test_held_back_kernels_name_what_holds_them(partsong):
    kernels = partsong.json("doctor")["kernels"]
    if not any(kernel["instructions"] for kernel in kernels):
        pytest.skip("no compiled kernel is built here")
    partsong.environment["PARTSONG_INSTRUCTIONS"] = "baseline"
    for kernel in partsong.json("doctor")["kernels"]:
        if kernel["instructions"]:
            assert kernel["instructions"] == "baseline"
            assert "PARTSONG_INSTRUCTIONS" in kernel["mend"]


def test_no_catalog_is_a_finding_and_no_failure(partsong):
    catalog = partsong.json("doctor")["catalog"]
    assert catalog["tracks"] is None
    assert "partsong import" in catalog["mend"]
    assert "partsong import" in partsong("doctor")


def test_a_file_that_is_no_catalog_is_a_finding_too(partsong):
    (partsong.folder / "music.duckdb").write_bytes(b"not a catalog" * 1000)
    catalog = partsong.json("doctor")["catalog"]
    assert catalog["tracks"] is None
    assert catalog["reason"]
    assert catalog["mend"]


def test_what_is_printed_fits_eighty_columns(fitted):
    wide = [line for line in fitted("doctor").splitlines() if len(line) > 80]
    assert not [line for line in wide if str(fitted.folder) not in line]
