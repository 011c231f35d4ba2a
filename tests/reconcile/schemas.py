"""What the Reconciliation Service API 0.2 asks of each answer, as JSON Schemas in our own words.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

from __future__ import annotations

import json
from typing import Any

import jsonschema

TEXT = {"type": "string"}
URL = {"type": "string", "pattern": "^https?://"}
ID_AND_NAME = {
    "type": "object",
    "properties": {"id": TEXT, "name": TEXT},
    "required": ["id"],
}
TYPES = {"type": "array", "items": {"anyOf": [TEXT, ID_AND_NAME]}}
SUGGEST_SERVICE = {
    "type": "object",
    "properties": {
        "service_url": URL,
        "service_path": {"type": "string", "pattern": "^/"},
        "flyout_service_path": {"type": "string", "pattern": r"\$\{id\}"},
    },
    "required": ["service_url", "service_path"],
}
WITH_ID_IN_BRACES = {"type": "string", "pattern": r"\{\{id\}\}"}
MANIFEST = {
    "type": "object",
    "properties": {
        "versions": {"type": "array", "items": TEXT, "contains": {"const": "0.2"}},
        "name": TEXT,
        "identifierSpace": URL,
        "schemaSpace": URL,
        "view": {
            "type": "object",
            "properties": {"url": WITH_ID_IN_BRACES},
            "required": ["url"],
        },
        "defaultTypes": {"type": "array", "items": ID_AND_NAME, "uniqueItems": True},
        "suggest": {
            "type": "object",
            "properties": dict.fromkeys(("entity", "type", "property"), SUGGEST_SERVICE),
            "additionalProperties": False,
        },
        "preview": {
            "type": "object",
            "properties": {
                "url": WITH_ID_IN_BRACES,
                "width": {"type": "integer"},
                "height": {"type": "integer"},
            },
            "required": ["url", "width", "height"],
        },
        "extend": {
            "type": "object",
            "properties": {
                "propose_properties": SUGGEST_SERVICE,
                "property_settings": {"type": "array"},
            },
        },
    },
    "required": ["versions", "name", "identifierSpace", "schemaSpace"],
}
CANDIDATE = {
    "type": "object",
    "properties": {
        "id": TEXT,
        "name": TEXT,
        "description": TEXT,
        "score": {"type": "number"},
        "match": {"type": "boolean"},
        "type": TYPES,
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"id": TEXT, "value": {"type": ["number", "boolean"]}},
                "required": ["id", "value"],
            },
        },
    },
    "required": ["id", "name", "score"],
    "additionalProperties": False,
}
RESULT_BATCH = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "properties": {"result": {"type": "array", "items": CANDIDATE}},
        "required": ["result"],
        "additionalProperties": False,
    },
}
SUGGESTIONS_OF_ENTITIES = {
    "type": "object",
    "properties": {
        "result": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"id": TEXT, "name": TEXT, "description": TEXT, "notable": TYPES},
                "required": ["id", "name"],
            },
        }
    },
    "required": ["result"],
}
VALUE = {
    "oneOf": [
        {"type": "object", "maxProperties": 0},
        *(
            {
                "type": "object",
                "properties": dict.fromkeys(names, kind),
                "required": list(names),
                "additionalProperties": False,
            }
            for names, kind in (
                (("id", "name"), TEXT),
                (("str",), TEXT),
                (("float",), {"type": "number"}),
                (("int",), {"type": "integer"}),
            )
        ),
    ]
}
EXTENSION = {
    "type": "object",
    "properties": {
        "meta": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"id": TEXT, "name": TEXT, "type": ID_AND_NAME},
                "required": ["id", "name"],
            },
        },
        "rows": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": VALUE},
            },
        },
    },
    "required": ["meta", "rows"],
}
PROPOSAL = {
    "type": "object",
    "properties": {
        "type": TEXT,
        "properties": {"type": "array", "items": {**ID_AND_NAME, "required": ["id", "name"]}},
        "limit": {"type": "integer"},
    },
    "required": ["properties"],
}


def checked(answer: Any, schema: dict[str, Any]) -> Any:
    """The answer as its receiver has it, if it is valid; the schema is checked as well."""
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(answer, schema)
    return json.loads(json.dumps(answer))
