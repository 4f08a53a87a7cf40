"""The telephone: calls as a telephone system tells them, who rings on whose desk, recordings, and what staff write down about a call."""
