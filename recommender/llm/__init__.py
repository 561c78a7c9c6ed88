"""Clients of servers with the OpenAI protocol. All are optional and configured by arguments."""
