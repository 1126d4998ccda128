"""Text messages to authors. Two parts of a text message hold 134 Georgian letters, a link of some 45 included.

``number``: of the idea or project; ``day``: the last day of a term, 15.06.2026; ``url``: where the rest is read.
"""

from __future__ import annotations

TWO_PARTS = 134

AUTHORS: dict[str, dict[str, str]] = {
    "draft_link": {
        "ka": "თქვენი იდეის მონახაზი 14 დღე ინახება. გასაგრძელებლად: %(url)s",
        "en": "Your draft of an idea is kept for 14 days. Go on here: %(url)s",
    },
    "idea_received": {
        "ka": "იდეა %(number)s მიღებულია. შემოწმების შედეგს შეგატყობინებთ. %(url)s",
        "en": "Idea %(number)s is received. We will tell you what the check finds. %(url)s",
    },
    "idea_returned": {
        "ka": "იდეა %(number)s დაბრუნდა ხარვეზით. გამოასწორეთ არაუგვიანეს %(day)s: %(url)s",
        "en": "Idea %(number)s came back to be corrected, by %(day)s at the latest: %(url)s",
    },
    "idea_admitted": {
        "ka": "იდეა %(number)s დაშვებულია. პროექტზე მუშაობის დაწყებას შეგატყობინებთ. %(url)s",
        "en": "Idea %(number)s is admitted. We will tell you when work on the project begins. %(url)s",
    },
    "idea_refused": {
        "ka": "იდეა %(number)s არ დაიშვა. მიზეზი და გასაჩივრების წესი: %(url)s",
        "en": "Idea %(number)s was not admitted. The reason, and how to object: %(url)s",
    },
    "idea_lapsed": {
        "ka": "იდეა %(number)s აღარ განიხილება: ხარვეზი ვადაში არ გამოსწორდა. %(url)s",
        "en": "Idea %(number)s has lapsed: it was not corrected in time. %(url)s",
    },
    "project_invited": {
        "ka": "იდეა %(number)s: გიწვევთ პროექტის შესადგენად. ჩააბარეთ არაუგვიანეს %(day)s: %(url)s",
        "en": "Idea %(number)s: please work it out as a project, by %(day)s at the latest: %(url)s",
    },
    "project_cost_card": {
        "ka": "პროექტი %(number)s: უპასუხეთ ღირებულების შეფასებას არაუგვიანეს %(day)s: %(url)s",
        "en": "Project %(number)s: see the estimate of its cost and answer by %(day)s: %(url)s",
    },
    "project_on_ballot": {
        "ka": "პროექტი %(number)s კენჭისყრაზე გადის. კომისიის შეფასება: %(url)s",
        "en": "Project %(number)s goes to the vote. How the commission scored it: %(url)s",
    },
    "project_on_reserve": {
        "ka": "პროექტი %(number)s სარეზერვო სიაშია. კომისიის შეფასება: %(url)s",
        "en": "Project %(number)s is on the reserve list. How the commission scored it: %(url)s",
    },
    "project_not_shortlisted": {
        "ka": "პროექტი %(number)s კენჭისყრაზე ვერ გავიდა. კომისიის შეფასება და მიზეზი: %(url)s",
        "en": "Project %(number)s does not go to the vote. Scores and reasons: %(url)s",
    },
    "project_selected": {
        "ka": "პროექტი %(number)s დასაფინანსებლად შეირჩა. შედეგი: %(url)s",
        "en": "Project %(number)s was selected to be funded. The result: %(url)s",
    },
    "project_not_selected": {
        "ka": "პროექტი %(number)s დასაფინანსებლად ვერ შეირჩა. შედეგი და მიზეზი: %(url)s",
        "en": "Project %(number)s was not selected to be funded. The result and why: %(url)s",
    },
}
