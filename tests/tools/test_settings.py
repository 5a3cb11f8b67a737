"""Settings come from a file and the environment; what is wrong is said in words."""

from pathlib import Path

import pytest

from tools.errors import ConfigurationError
from tools.settings import load_settings

EXAMPLE = Path(__file__).parents[2] / "docs" / "mintmark.example.toml"


@pytest.fixture
def toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings file of this test."""
    path = tmp_path / "mintmark.toml"
    path.touch()
    monkeypatch.setenv("MINTMARK_CONFIG", str(path))
    return path


def test_without_a_file_everything_has_a_default(toml: Path):
    settings = load_settings()
    assert settings.llm.model is None
    assert {chain.kind for chain in settings.chains.values()} == {"embedded"}
    assert settings.database.startswith("sqlite:///")


def test_the_environment_wins_over_the_file(toml: Path, monkeypatch: pytest.MonkeyPatch):
    toml.write_text('data_dir = "from-the-file"\n[llm]\nmodel = "from-the-file"\n')
    monkeypatch.setenv("MINTMARK_LLM__MODEL", "from-the-environment")
    settings = load_settings()
    assert settings.data_dir == Path("from-the-file")
    assert settings.llm.model == "from-the-environment"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("dataa_dir = 'x'", "dataa_dir: Extra inputs are not permitted"),
        ("[limits]\npictures_per_brief = 0", "pictures_per_brief: .*greater than or equal to 1"),
        ("[chains.base]\nkind = 'rpc'\nchain_id = 8453", "needs rpc_url"),
        ("[chains.base]\nkind = 'rpc'\nchain_id = 1\nrpc_url = 'no'", "rpc_url: .*valid URL"),
        ("this is not TOML", "not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named(toml: Path, text: str, sentence: str):
    toml.write_text(text)
    with pytest.raises(ConfigurationError, match=sentence):
        load_settings()


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ("[llm]\napi_key = 'k'", "MINTMARK_LLM__API_KEY"),
        ("[chains.base]\nchain_id = 1\nprivate_key = 'k'", "MINTMARK_CHAINS__BASE__PRIVATE_KEY"),
        ("database_url = 'postgresql://me:pass@host/db'", "MINTMARK_DATABASE_URL"),
    ],
)
def test_a_secret_in_the_file_is_refused_and_its_place_named(toml: Path, text: str, variable: str):
    toml.write_text(text)
    with pytest.raises(ConfigurationError, match=variable):
        load_settings()


def test_a_secret_may_lie_in_a_file_of_its_own(
    toml: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "mintmark_llm__api_key").write_text("sk-one")
    monkeypatch.setenv("MINTMARK_SECRETS_DIR", str(folder))
    settings = load_settings()
    assert settings.llm.api_key is not None
    assert settings.llm.api_key.get_secret_value() == "sk-one"
    assert "sk-one" not in repr(settings)


def test_a_named_file_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MINTMARK_CONFIG", "/nowhere/mintmark.toml")
    with pytest.raises(ConfigurationError, match="no such file"):
        load_settings()


def test_the_example_in_the_docs_is_valid(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MINTMARK_CONFIG", str(EXAMPLE))
    assert load_settings().chains["base"].kind == "rpc"
