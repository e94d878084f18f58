"""Emergency access: the glass that is broken, the time it lasts, the review afterwards."""
