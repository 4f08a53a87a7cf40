"""Files: content once per SHA-256 outside the web root, references with name, type, owner and retention, served only through a policy."""
