"""Who decides: the chat graph, the interpreter that needs no language model, the durable workflows.

`chat.py` is what front ends use. Behind it: `graph.py` (one turn of a conversation), `state.py` and
`context.py` (what a turn knows), `prompt.py` and `untrusted.py` (what a model is told, and how),
`models.py` (which model answers), `voice.py` (how people are spoken to in their language),
`conversations.py` (where conversations are kept), and the interpreter in `interpreter.py`,
`sentences.py`, `pictures.py` and `answers.py`.
"""

import os

# LangGraph reads this once, when it is first imported: a checkpoint may then hold only plain data
# and messages. Without it, a row planted in the checkpoints' database is executed when it is read.
os.environ["LANGGRAPH_STRICT_MSGPACK"] = "true"
