"""How dates and times are written, by place: the long and short forms of Unicode's CLDR 45."""
