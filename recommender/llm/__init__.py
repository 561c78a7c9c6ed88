"""Servers that speak the OpenAI protocol: all optional, all arguments from outside."""
