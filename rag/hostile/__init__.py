"""Text that gives orders: article sentences that speak to a machine, requests that ask nothing.

A small grammar over plain text, one pattern a kind of order. It knows neither the articles nor the
model, and it is a first fence, not the only one: an order in words that it does not know is still
data to the prompt, and what comes of it must still pass verification.
"""

from rag.hostile.addresses import Address, addresses, addresses_machine
from rag.hostile.requests import Request, is_unsafe, kind_of_request

__all__ = [
    "Address",
    "Request",
    "addresses",
    "addresses_machine",
    "is_unsafe",
    "kind_of_request",
]
