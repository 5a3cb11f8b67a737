"""Settings from `mintmark.toml` and the environment; secrets only from the environment or files.

The file is found through `MINTMARK_CONFIG`, else as `mintmark.toml` in the working directory.
Every setting may be given as an environment variable: `MINTMARK_DATA_DIR`, and with two
underscores between levels, `MINTMARK_LLM__BASE_URL`. A secret may also lie in a file of that name
(`mintmark_llm__api_key`) in the folder that `MINTMARK_SECRETS_DIR` names; `mintmark.toml`, which
people share and commit, may hold none.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AnyUrl,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from tools.errors import ConfigurationError

CONFIG_VARIABLE = "MINTMARK_CONFIG"
CONFIG_NAME = "mintmark.toml"
SECRETS_VARIABLE = "MINTMARK_SECRETS_DIR"
DISCORD_API_VARIABLE = "MINTMARK_DISCORD_API"
_SECRETS = ("api_key", "private_key", "keystore_password", "token")


class _SecretInFile(ValueError):
    """A secret stands where it may be shared: the name of the setting."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LanguageModel(_Section):
    """An OpenAI-compatible endpoint; without `model` the built-in interpreter answers."""

    model: str | None = None
    base_url: AnyUrl | None = None
    api_key: SecretStr | None = None
    timeout_s: Annotated[float, Field(gt=0, le=600)] = 60.0
    stream: bool = True  # some gateways cannot stream replies that call tools


class ChainSettings(_Section):
    """One chain to mint on: the embedded one kept on disk, or any EVM chain by RPC URL."""

    kind: Literal["embedded", "rpc"] = "embedded"
    chain_id: Annotated[int, Field(gt=0, lt=2**53)]
    rpc_url: AnyUrl | None = None
    confirmations: Annotated[int, Field(ge=1, le=1000)] = 1
    patience_s: Annotated[float, Field(gt=0, le=3600)] = 120.0  # how long to wait for a receipt
    keystore: Path | None = None
    keystore_password: SecretStr | None = None
    private_key: SecretStr | None = None

    @model_validator(mode="after")
    def _an_rpc_chain_has_a_url(self) -> Self:
        if self.kind == "rpc" and self.rpc_url is None:
            raise ValueError('a chain of kind "rpc" needs rpc_url = "https://…"')
        return self


PerDay = Annotated[int, Field(ge=0, le=100_000)]
AtOnce = Annotated[int, Field(ge=1, le=64)]


class PicturesPerDay(_Section):
    """How many pictures a day, where it depends on the role; None: as for everybody."""

    member: PerDay | None = None
    creator: PerDay | None = None
    operator: PerDay | None = None


class BriefsAtOnce(_Section):
    """How many briefs of one person may wait or be made at the same time, by their role."""

    member: AtOnce = 2
    creator: AtOnce = 4
    operator: AtOnce = 8


class Limits(_Section):
    """What one person may ask for; a guild may set some of it otherwise for itself."""

    prompt_characters: Annotated[int, Field(ge=1, le=10_000)] = 1_000
    pictures_per_brief: Annotated[int, Field(ge=1, le=64)] = 8
    pictures_per_person_per_day: Annotated[int, Field(ge=1)] = 200
    per_day: PicturesPerDay = PicturesPerDay()
    parallel: BriefsAtOnce = BriefsAtOnce()
    denied_words: tuple[str, ...] = ()
    mint_cost_cap_wei: Annotated[int, Field(ge=1)] = 2 * 10**16  # per token and chain
    setup_cost_cap_wei: Annotated[int, Field(ge=1)] = 2 * 10**17  # a contract, or one model's entry


class Community(_Section):
    """The rules of a guild that has set none of its own."""

    approvals_needed: Annotated[int, Field(ge=1, le=2)] = 1  # operators who must approve a mint
    hidden_counts: bool = False  # whether votes are counted in secret until a round closes
    min_account_days: Annotated[int, Field(ge=0, le=3_650)] = 0  # of a voter's account
    min_member_days: Annotated[int, Field(ge=0, le=3_650)] = 0  # of a voter in the guild
    locale: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-([A-Z]{2}|[0-9]{3}))?$")] | None = None
    """The language of answers, such as de or pt-BR; None: each person's own."""


class Voting(_Section):
    """How rounds are counted."""

    reconcile_grace_minutes: Annotated[float, Field(ge=0, le=10_080)] = 60.0
    """How long a round that is over waits for the front end that counts its reactions."""


class Generation(_Section):
    """How pictures are made on this machine."""

    model: str = "house"
    models: dict[str, str] = Field(default_factory=dict)  # name → folder or hub id
    loras: dict[str, Path] = Field(default_factory=dict)  # name → safetensors file
    threads: Annotated[int, Field(ge=1, le=256)] = 1
    batch_size: Annotated[int, Field(ge=1, le=64)] = 4
    device: str = "cpu"
    previews: bool = True  # show pictures while they form, for a twentieth of the time at most


class Discord(_Section):
    """The bot in Discord, or in any server that speaks as Discord does."""

    token: SecretStr | None = None
    api: AnyUrl | None = Field(  # where the server's REST API begins, as in https://host/api/v10
        default_factory=lambda: os.environ.get(DISCORD_API_VARIABLE), validate_default=True
    )
    workers: Annotated[int, Field(ge=0, le=16)] = (
        1  # processes that the bot starts to make pictures
    )


def _default_chains() -> dict[str, ChainSettings]:
    return {
        "copper": ChainSettings(chain_id=1_337_001),
        "silver": ChainSettings(chain_id=1_337_002),
    }


class Settings(BaseSettings):
    """Everything that can be set; the defaults need no key, no account and no network."""

    model_config = SettingsConfigDict(
        env_prefix="MINTMARK_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    data_dir: Path = Path("mintmark-data")
    database_url: SecretStr | None = None
    collection: str = "mintlings"
    collections_dir: Path | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    llm: LanguageModel = LanguageModel()
    generation: Generation = Generation()
    limits: Limits = Limits()
    voting: Voting = Voting()
    community: Community = Community()
    discord: Discord = Field(default_factory=Discord)
    chains: dict[str, ChainSettings] = Field(default_factory=_default_chains)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then files of secrets, then `mintmark.toml`."""
        path = Path(os.environ.get(CONFIG_VARIABLE, CONFIG_NAME))
        toml = TomlConfigSettingsSource(settings_cls, path)
        if secret := next(_secrets_in(toml()), None):
            raise _SecretInFile(secret)
        secrets = NestedSecretsSettingsSource(
            file_secret_settings,
            os.environ.get(SECRETS_VARIABLE),
            secrets_prefix="mintmark_",
            secrets_nested_delimiter="__",
        )
        return init_settings, env_settings, secrets, toml

    @property
    def database(self) -> str:
        """The SQLAlchemy URL: the one set, else SQLite in the data folder."""
        if self.database_url is not None:
            return _with_driver(self.database_url.get_secret_value())
        return f"sqlite:///{self.data_dir.resolve() / 'mintmark.sqlite'}"


def _secrets_in(table: Mapping[str, Any], *above: str) -> Iterator[str]:
    """The dotted names of the settings in a table that would give a secret away."""
    for name, value in table.items():
        where = ".".join((*above, name))
        if isinstance(value, Mapping):
            yield from _secrets_in(value, *above, name)
        elif name in _SECRETS or (name == "database_url" and urlsplit(str(value)).password):
            yield where


def _with_driver(url: str) -> str:
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def load_settings(**overrides: object) -> Settings:
    """Read the settings.

    Raises:
        ConfigurationError: naming every wrong setting and what is wrong with it.
    """
    named = os.environ.get(CONFIG_VARIABLE)
    if named and not Path(named).is_file():
        raise ConfigurationError(
            "{variable} names {named!r}, but there is no such file.",
            variable=CONFIG_VARIABLE,
            named=named,
        )
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # checked by pydantic at run time
    except ValidationError as error:
        raise ConfigurationError(_in_words(error)) from None
    except _SecretInFile as error:
        variable = "MINTMARK_" + str(error).upper().replace(".", "__")
        raise ConfigurationError(
            "{named} holds the secret {error}. Take it out, and give it as {variable} in "
            "the environment, or as a file in the folder that {folder_variable} names.",
            named=named or CONFIG_NAME,
            error=str(error),
            variable=variable,
            folder_variable=SECRETS_VARIABLE,
        ) from None
    except ValueError as error:  # the TOML file itself does not parse
        raise ConfigurationError(
            "{named} is not valid TOML: {error}.", named=named or CONFIG_NAME, error=str(error)
        ) from None


def _in_words(error: ValidationError) -> str:
    lines = [f"{'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg']}" for e in error.errors()]
    return "The settings are wrong. " + "; ".join(lines) + "."
