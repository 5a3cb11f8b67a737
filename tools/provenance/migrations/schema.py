"""Every table of every craft, gathered for migrations and for tests of the schema."""

import tools.community.tables
import tools.generation.tables
import tools.minting.tables
import tools.scoring.tables
import tools.voting.tables  # noqa: F401  # each import adds its tables to the metadata
from tools.provenance.tables import Base

METADATA = Base.metadata
