"""The Wikidata properties that are read, and how each was checked.

Checked against the real entities the tests read (value in brackets): P17, P31, P131, P190, P297 and
P298 (Q31: BE, BEL), P374 (Tours: 37261), P439 (Berlin: 11000000), P580, P605 (Berlin: DE300), P625,
P635 (Rome: 058091), P782 (Berlin: 11000000), P854, P143, P1566, P1653 (Poznań: 3064011). Against
published queries of others on those national registers: P382 (Dutch municipalities), P771
(Swiss), P964 (Austrian), P1567 (Belgian, NIS), P7606 (Czech). P248, P576, P582, P585, P813, P1476
are named by Wikidata's own guides.
"""

from __future__ import annotations

from typing import Final

INSTANCE_OF: Final = "P31"
COUNTRY: Final = "P17"
LOCATED_IN: Final = "P131"
TWINNED: Final = "P190"
COORDINATES: Final = "P625"
GEONAMES: Final = "P1566"
LAU: Final = "P782"
NUTS: Final = "P605"
ISO_ALPHA_2: Final = "P297"
ISO_ALPHA_3: Final = "P298"
DISSOLVED: Final = "P576"

START: Final = "P580"
END: Final = "P582"
POINT_IN_TIME: Final = "P585"

REFERENCE_URL: Final = "P854"
RETRIEVED: Final = "P813"
IMPORTED_FROM: Final = "P143"
STATED_IN: Final = "P248"
TITLE: Final = "P1476"

NATIONAL_CODES: Final = {
    "P1653": "POL",
    "P1567": "BEL",
    "P439": "DEU",
    "P374": "FRA",
    "P635": "ITA",
    "P771": "CHE",
    "P382": "NLD",
    "P964": "AUT",
    "P7606": "CZE",
}
"""The property of a national register of communes → that country. Slovakia's code is its LAU."""

READ: Final = frozenset(
    {INSTANCE_OF, COUNTRY, LOCATED_IN, TWINNED, COORDINATES, GEONAMES, LAU, NUTS}
    | {ISO_ALPHA_2, ISO_ALPHA_3, DISSOLVED}
    | NATIONAL_CODES.keys()
)
"""All an entity is read for; `dump` keeps no other claims."""
