"""Has an external language model add words to items with short texts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recommender.interests.item_enrichment import enrich_items
from recommender.interests.llm_wording import language_model
from recommender.management.lookup import find_catalog


class Command(BaseCommand):
    help = (
        "Ask the language model of LLM_URL for more words about items with short texts, "
        "least known first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("catalog", help="the catalogue's address (slug)")
        parser.add_argument("--limit", type=int, default=100, help="items at most (100)")

    def handle(self, *args: Any, catalog: str, limit: int, **options: Any) -> None:
        if limit < 1:
            raise CommandError(f"--limit: {limit} is less than 1")
        model = language_model()
        if model is None:
            raise CommandError(
                "LLM_URL is not set: there is no language model to ask (see .env.example)"
            )
        result = enrich_items(catalog=find_catalog(catalog), model=model, limit=limit)
        self.stdout.write(
            f"{result.written} items enriched, {result.unusable} without anything new"
        )
        if result.unanswered:
            raise CommandError(
                f"{model.name} stopped answering; see the log. Run it again to go on."
            )
