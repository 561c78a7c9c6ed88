from accounts.admin import accounts, attempts, consents

__all__ = ["accounts", "attempts", "consents"]
