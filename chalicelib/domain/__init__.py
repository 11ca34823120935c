"""The nouns of payung: pure values and rules, importing nothing of ours but each other."""
