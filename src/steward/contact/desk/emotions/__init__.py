"""Emotional situations: what helps the people who work on a case, and what hard cases cost them. Part of the desk."""
