"""Who decides: the chat graph, the interpreter that needs no language model, the durable workflows."""
