"""The civil registration number (CPR) in the header of a request.

In: the header's text. Out: ten digits, or the problem 1001.
Does not know: whether such a person exists. There is no modulus 11: numbers issued since 2007 need
not obey it. A day raised by 60 marks a replacement or test number.
"""

from __future__ import annotations

import re

from flask import request
from stdnum.dk import cpr as danish
from stdnum.exceptions import ValidationError

from web.api import problem_kinds as kinds
from web.api.problems import ProblemRaised

HEADER = "X-Civil-Registration-Identifier"
RAISED_DAY = 60

_NUMBER = re.compile(r"([0-9]{6})-?([0-9]{4})")


def read_citizen_number(text: str) -> str | None:
    """Return the ten digits, or None when the text is no civil registration number."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    digits = match[1] + match[2]
    day = int(digits[:2])
    born = f"{day - RAISED_DAY:02}{digits[2:]}" if day > RAISED_DAY else digits
    try:
        danish.get_birth_date(born)
    except ValidationError:
        return None
    return digits


def citizen_number() -> str:
    """Return the number in the request's header; raises 400 with code 1001."""
    number = citizen_number_if_given()
    if number is None:
        raise ProblemRaised(kinds.CIVIL_REGISTRATION_NUMBER)
    return number


def citizen_number_if_given() -> str | None:
    """Return the number, or None without the header; raises 1001 when it is malformed."""
    text = request.headers.get(HEADER)
    if text is None:
        return None
    number = read_citizen_number(text)
    if number is None:
        raise ProblemRaised(kinds.CIVIL_REGISTRATION_NUMBER)
    return number
