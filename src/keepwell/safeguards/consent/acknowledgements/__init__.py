"""Whether a patient received the notice, or why not (45 CFR 164.520(c)(2)(ii))."""
