"""Generation: from a brief to a picture that carries its own recipe."""
