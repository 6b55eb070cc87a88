"""Where a setting comes from, who may read it, and what is never said."""

import os
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partsong.errors import MissingExtraError, OutputError, SecretsError
from partsong.sources import (
    Setting,
    config_folder,
    forget_settings,
    place_of_setting,
    read_setting,
    require_setting,
    write_setting,
)

pytestmark = pytest.mark.usefixtures("own_folders")
KEY = "a-key-that-nobody-may-see"


class Memory:
    """A keyring that is no keyring of this machine."""

    def __init__(self):
        self.kept = {}
        self.is_locked = False

    def _check(self):
        if self.is_locked:
            from keyring.errors import KeyringLocked

            raise KeyringLocked(f"cannot open for {self.kept}")

    def get_password(self, service, name):
        self._check()
        return self.kept.get((service, name))

    def set_password(self, service, name, value):
        self._check()
        self.kept[service, name] = value

    def delete_password(self, service, name):
        self._check()
        del self.kept[service, name]


@pytest.fixture
def keyring(monkeypatch):
    keyring = pytest.importorskip("keyring", reason="the extra keyring is not installed")
    memory = Memory()
    for verb in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(keyring, verb, getattr(memory, verb))
    return memory


def file():
    return config_folder() / "secrets.toml"


def test_nothing_is_set_at_first_and_reading_makes_no_file():
    assert read_setting("lastfm", "api_key") is None
    assert place_of_setting("lastfm", "api_key") == ""
    assert not config_folder().exists()


def test_the_environment_goes_before_the_file(monkeypatch):
    write_setting("apple-music", "api_key", KEY)
    assert read_setting("apple-music", "api_key") == KEY
    assert place_of_setting("apple-music", "api_key") == "file"
    monkeypatch.setenv("PARTSONG_APPLE_MUSIC_API_KEY", " other ")
    assert read_setting("apple-music", "api_key") == "other"
    assert place_of_setting("apple-music", "api_key") == "environment"
    monkeypatch.setenv("PARTSONG_APPLE_MUSIC_API_KEY", "  ")
    assert read_setting("apple-music", "api_key") == KEY


@settings(max_examples=60, deadline=None)
@given(
    value=st.text(st.characters(exclude_categories=("Cs",)), max_size=30),
    name=st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=10),
)
def test_every_line_of_text_comes_back_as_it_was(tmp_path_factory, value, name):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARTSONG_CONFIG", str(tmp_path_factory.mktemp("config")))
        write_setting("lastfm", "user", "solas")
        try:
            write_setting("lastfm", name, value)
        except SecretsError:
            assert not value.strip() or not value.strip().isprintable()
        else:
            assert read_setting("lastfm", name) == value.strip()
        if name != "user":
            assert read_setting("lastfm", "user") == "solas"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
class TestDoors:
    def test_the_file_is_for_its_owner_alone(self):
        os.umask(os.umask(0o000))
        write_setting("lastfm", "api_key", KEY)
        assert file().stat().st_mode & 0o777 == 0o600
        assert config_folder().stat().st_mode & 0o777 == 0o700

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
    def test_an_open_file_is_refused_and_left_as_it_is(self, mode):
        write_setting("lastfm", "api_key", KEY)
        file().chmod(mode)
        for use in (
            lambda: read_setting("lastfm", "api_key"),
            lambda: write_setting("lastfm", "user", "rob"),
            lambda: forget_settings("lastfm"),
        ):
            with pytest.raises(SecretsError, match="Others may read") as told:
                use()
            assert "chmod 600" in told.value.hint
            assert KEY not in str(told.value)
        assert KEY in file().read_text(encoding="utf-8")

    def test_an_open_file_does_not_matter_to_who_uses_the_environment(self, monkeypatch):
        write_setting("lastfm", "api_key", KEY)
        file().chmod(0o644)
        monkeypatch.setenv("PARTSONG_LASTFM_API_KEY", "other")
        assert read_setting("lastfm", "api_key") == "other"

    def test_a_folder_that_cannot_be_written_to_is_told(self, monkeypatch, tmp_path):
        (tmp_path / "taken").write_text("", encoding="utf-8")
        monkeypatch.setenv("PARTSONG_CONFIG", str(tmp_path / "taken" / "config"))
        with pytest.raises((OutputError, SecretsError)) as told:
            write_setting("lastfm", "api_key", KEY)
        assert KEY not in f"{told.value} {told.value.hint}"


@pytest.mark.parametrize("text", [f"[lastfm\napi_key = {KEY}", f'api_key = "{KEY}', "\x00\xff"])
def test_a_broken_file_is_told_without_its_content(text):
    config_folder().mkdir(mode=0o700)
    file().write_text(text, encoding="latin-1")
    file().chmod(0o600)
    with pytest.raises(SecretsError, match="not TOML") as told:
        read_setting("lastfm", "api_key")
    assert told.value.__cause__ is None
    assert KEY not in f"{told.value} {told.value.hint}"


def test_what_someone_wrote_by_hand_is_kept():
    config_folder().mkdir(mode=0o700)
    file().write_text('[lastfm]\nuser = "rob"\n[mine]\nnumber = 7\n', encoding="utf-8")
    file().chmod(0o600)
    write_setting("lastfm", "api_key", KEY)
    assert read_setting("mine", "number") == "7"
    assert read_setting("lastfm", "user") == "rob"


def test_a_missing_setting_says_all_ways_to_set_it():
    setting = Setting(name="api_key", meaning="Made at last.fm.", is_secret=True)
    with pytest.raises(SecretsError, match=r"Made at last\.fm") as told:
        require_setting("lastfm", setting)
    assert "partsong sources lastfm --set-up" in told.value.hint
    assert "PARTSONG_LASTFM_API_KEY" in told.value.hint


@pytest.mark.parametrize("value", ["", "   ", "two\nlines", "nul\x00"])
def test_what_is_no_line_of_text_is_refused(value):
    with pytest.raises(SecretsError, match="line of text"):
        write_setting("lastfm", "api_key", value)
    assert not file().exists()


def test_forgetting_takes_one_source_and_leaves_the_others():
    write_setting("lastfm", "api_key", KEY)
    write_setting("listenbrainz", "user", "rob")
    assert forget_settings("lastfm") == ("api_key",)
    assert KEY not in file().read_text(encoding="utf-8")
    assert read_setting("listenbrainz", "user") == "rob"


class TestKeyring:
    def test_the_file_only_says_where_to_look(self, keyring):
        write_setting("lastfm", "api_key", KEY, keyring=True)
        assert KEY not in file().read_text(encoding="utf-8")
        assert read_setting("lastfm", "api_key") == KEY
        assert place_of_setting("lastfm", "api_key") == "keyring"
        assert list(keyring.kept.values()) == [KEY]

    def test_it_is_not_asked_unless_it_was_chosen(self, keyring):
        keyring.is_locked = True
        assert read_setting("lastfm", "api_key") is None
        write_setting("lastfm", "api_key", KEY)
        assert read_setting("lastfm", "api_key") == KEY

    def test_what_moves_to_the_file_or_is_forgotten_leaves_it(self, keyring):
        write_setting("lastfm", "api_key", KEY, keyring=True)
        write_setting("lastfm", "api_key", "other")
        assert not keyring.kept
        write_setting("lastfm", "api_key", KEY, keyring=True)
        forget_settings("lastfm")
        assert not keyring.kept
        assert read_setting("lastfm", "api_key") is None

    def test_a_locked_one_is_told_without_what_it_holds(self, keyring):
        write_setting("lastfm", "api_key", KEY, keyring=True)
        keyring.is_locked = True
        with pytest.raises(SecretsError, match="KeyringLocked") as told:
            read_setting("lastfm", "api_key")
        assert KEY not in str(told.value)
        assert told.value.__cause__ is None

    def test_without_the_package_the_extra_is_named(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "keyring", None)
        with pytest.raises(MissingExtraError) as told:
            write_setting("lastfm", "api_key", KEY, keyring=True)
        assert "partsong[keyring]" in told.value.hint
        assert not file().exists()
