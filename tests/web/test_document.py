"""Schemathesis asks the JSON interface whatever its document allows, and what it forbids."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok

from copydesk.web.openapi import PATHS
from tests.web.conftest import Room

EXAMPLES = 15
"""A path and kind of question: ``schemathesis run`` against a served application asks as many as one likes."""


def test_the_interface_keeps_to_its_document(room: Room) -> None:
    """No server error, no undocumented answer, nothing accepted or refused against the document."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", room.app)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) == len(PATHS)
    for operation in operations:
        for mode in schemathesis.GenerationMode:
            if mode is schemathesis.GenerationMode.NEGATIVE and not operation.query:
                continue

            @given(case=operation.as_strategy(mode))
            @settings(
                max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck)
            )
            def ask(case: "schemathesis.Case[Any]") -> None:
                case.call_and_validate(headers={"Accept": "application/json"})

            ask()
