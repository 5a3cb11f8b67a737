"""Who decides: the chat graph, the interpreter, the durable workflows."""
