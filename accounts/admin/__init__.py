from accounts.admin import accounts, attempts, consents, erasures

__all__ = ["accounts", "attempts", "consents", "erasures"]
