import agents  # noqa: F401  # before LangGraph is imported anywhere: it asks it to be strict
