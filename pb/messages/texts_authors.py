"""Text messages to authors. Two parts of a text message hold 134 Georgian letters, a link of some 45 included.

``number``: of the idea or project; ``day``: the last day of a term, 15.06.2026; ``url``: where the rest is read;
``revision``, ``print``: of the text that was handed in, the first digits of its fingerprint.
"""

from __future__ import annotations

TWO_PARTS = 134

AUTHORS: dict[str, dict[str, str]] = {
    "draft_link": {
        "ka": "თქვენი იდეის მონახაზი 14 დღე ინახება. გასაგრძელებლად: {url}",
        "en": "Your draft of an idea is kept for 14 days. Go on here: {url}",
    },
    "guardian_asked": {
        "ka": "თქვენი შვილი იდეას აბარებს. წაიკითხეთ და გვითხარით, თანახმა ხართ თუ არა: {url}",
        "en": "Your child wants to hand in an idea. Read it and say whether you agree: {url}",
    },
    "coauthor_asked": {
        "ka": "გიწვევენ იდეის თანაავტორად. წაიკითხეთ და გვიპასუხეთ: {url}",
        "en": "You are asked to be co-author of an idea. Read it and answer: {url}",
    },
    "joining_proposed": {
        "ka": "შემოთავაზებულია იდეების გაერთიანება ({number}). თანახმა ხართ? {url}",
        "en": "It is proposed to join ideas ({number}). Do you agree? {url}",
    },
    "idea_received": {
        "ka": "იდეა {number} მიღებულია. შემოწმების შედეგს შეგატყობინებთ. {url}",
        "en": "Idea {number} is received. We will tell you what the check finds. {url}",
    },
    "idea_returned": {
        "ka": "იდეა {number} დაბრუნდა ხარვეზით. გამოასწორეთ არაუგვიანეს {day}: {url}",
        "en": "Idea {number} came back to be corrected, by {day} at the latest: {url}",
    },
    "idea_admitted": {
        "ka": "იდეა {number} დაშვებულია. პროექტზე მუშაობის დაწყებას შეგატყობინებთ. {url}",
        "en": "Idea {number} is admitted. We will tell you when work on the project begins. {url}",
    },
    "idea_refused": {
        "ka": "იდეა {number} არ დაიშვა. მიზეზი და გასაჩივრების წესი: {url}",
        "en": "Idea {number} was not admitted. The reason, and how to object: {url}",
    },
    "idea_lapsed": {
        "ka": "იდეა {number} აღარ განიხილება: ხარვეზი ვადაში არ გამოსწორდა. {url}",
        "en": "Idea {number} has lapsed: it was not corrected in time. {url}",
    },
    "project_invited": {
        "ka": "იდეა {number}: გიწვევთ პროექტის შესადგენად. ჩააბარეთ არაუგვიანეს {day}: {url}",
        "en": "Idea {number}: please work it out as a project, by {day} at the latest: {url}",
    },
    "project_handed_in": {
        "ka": "პროექტი {number} წარდგენილია: რედაქცია {revision}, საკონტროლო ჯამი {print}. {url}",
        "en": "Project {number} is handed in: revision {revision}, fingerprint {print}. {url}",
    },
    "project_returned": {
        "ka": "პროექტი {number} დაგიბრუნდათ შენიშვნებით. უპასუხეთ არაუგვიანეს {day}: {url}",
        "en": "Project {number} came back with notes. Answer them and hand in again by {day}: {url}",
    },
    "project_cost_card": {
        "ka": "პროექტი {number}: უპასუხეთ ღირებულების შეფასებას არაუგვიანეს {day}: {url}",
        "en": "Project {number}: see the estimate of its cost and answer by {day}: {url}",
    },
    "project_listed": {
        "ka": "პროექტი {number} წინასწარი სიით კენჭისყრაზეა. საჩივრის ბოლო დღე {day}: {url}",
        "en": "Project {number} is to go to the vote (preliminary list). Objections until {day}: {url}",
    },
    "project_listed_reserve": {
        "ka": "პროექტი {number} წინასწარ სიაში რეზერვშია. საჩივრის ბოლო დღე {day}: {url}",
        "en": "Project {number} is on the reserve list (preliminary). You may object until {day}: {url}",
    },
    "project_listed_not": {
        "ka": "პროექტი {number} კენჭისყრაზე ვერ გადის. საჩივრის ბოლო დღე {day}: {url}",
        "en": "Project {number} does not go to the vote. Why, and how to object until {day}: {url}",
    },
    "project_on_ballot": {
        "ka": "პროექტი {number} კენჭისყრაზე გადის. კომისიის შეფასება: {url}",
        "en": "Project {number} goes to the vote. How the commission scored it: {url}",
    },
    "project_on_reserve": {
        "ka": "პროექტი {number} სარეზერვო სიაშია. კომისიის შეფასება: {url}",
        "en": "Project {number} is on the reserve list. How the commission scored it: {url}",
    },
    "project_not_shortlisted": {
        "ka": "პროექტი {number} კენჭისყრაზე ვერ გავიდა. კომისიის შეფასება და მიზეზი: {url}",
        "en": "Project {number} does not go to the vote. Scores and reasons: {url}",
    },
    "project_selected": {
        "ka": "პროექტი {number} დასაფინანსებლად შეირჩა. შედეგი: {url}",
        "en": "Project {number} was selected to be funded. The result: {url}",
    },
    "project_not_selected": {
        "ka": "პროექტი {number} დასაფინანსებლად ვერ შეირჩა. შედეგი და მიზეზი: {url}",
        "en": "Project {number} was not selected to be funded. The result and why: {url}",
    },
}
