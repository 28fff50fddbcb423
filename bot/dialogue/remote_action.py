"""A faster check of what the action server answers.

Rasa 3.6.21 validates every action response with `jsonschema.validate`, which first checks the unchanging schema itself
against its meta-schema: 68 % of a turn (DESIGN section 7). The schema is checked once here and the compiled validator
is reused; what is accepted and refused stays the same (tests/bot/dialogue/test_remote_action.py compares both).
"""

from __future__ import annotations

from typing import Any

import jsonschema
import jsonschema.validators
import rasa.core.actions.action as rasa_action


def patch() -> None:
    """Replace the check once; Rasa versions whose check looks different are left alone and say so."""
    current = rasa_action.RemoteAction._validate_action_result
    if getattr(current, "is_compiled_once", False):
        return
    schema = rasa_action.RemoteAction.action_response_format_spec()
    validator_class = jsonschema.validators.validator_for(schema)
    validator_class.check_schema(schema)
    validator = validator_class(schema)

    def validate(self: Any, result: Any) -> bool:
        try:
            validator.validate(result)
        except jsonschema.ValidationError as error:
            error.message += (
                ". The action server's answer is not valid; its format is described at "
                f"{rasa_action.DOCS_BASE_URL}/custom-actions"
            )
            raise
        return True

    validate.is_compiled_once = True  # type: ignore[attr-defined]
    rasa_action.RemoteAction._validate_action_result = validate  # type: ignore[method-assign]
