"""Templates of HTML pages: whatever strangers wrote is escaped in them."""

from jinja2 import Environment, PackageLoader, StrictUndefined


def open_templates() -> Environment:
    """The templates in ``flows/templates``, still without filters of their own.

    A value that is missing is an error, not a blank.
    """
    return Environment(
        loader=PackageLoader("flows"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
