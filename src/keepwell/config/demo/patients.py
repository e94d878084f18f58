"""Made-up patients of the demonstration and what they answered."""

from collections.abc import Mapping

Answer = bool | int | str | tuple[str, ...]

# Question of intake.json: the answer; codes for choices.
PATIENTS: tuple[Mapping[str, Answer], ...] = (
    {
        "name": "Pat Winters",
        "born": "1984-03-09",
        "telephone": "+1 555 0123",
        "email": "pat@patients.example",
        "reason": "My knee hurts when I climb stairs.",
        "since": "weeks",
        "pain": True,
        "pain-level": 4,
        "allergy": True,
        "allergies": "Penicillin: a rash within an hour.",
        "takes": False,
        "agrees": True,
    },
    {
        "name": "Rosa Delgado",
        "born": "1951-11-22",
        "telephone": "+1 555 0144",
        "reason": "Yearly check-up and a new prescription.",
        "since": "years",
        "pain": False,
        "allergy": False,
        "conditions": ("diabetes", "pressure"),
        "takes": True,
        "medicine-name": "Metformin 500 mg",
        "medicine-often": "Twice a day, with meals",
        "agrees": True,
    },
    {
        "name": "Tomasz Nowak",
        "born": "1997-07-30",
        "telephone": "+1 555 0167",
        "email": "tomasz@patients.example",
        "reason": "Cough that does not go away.",
        "since": "days",
        "pain": False,
        "allergy": False,
        "conditions": ("asthma",),
        "takes": True,
        "medicine-name": "Salbutamol inhaler",
        "medicine-often": "When needed",
        "agrees": True,
    },
    {
        "name": "Imani Brooks",
        "born": "1969-01-15",
        "telephone": "+1 555 0182",
        "reason": "Headaches in the morning, for about two months.",
        "since": "months",
        "pain": True,
        "pain-level": 6,
        "allergy": False,
        "takes": False,
        "agrees": True,
    },
)
