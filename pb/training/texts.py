"""The words of messages about trainings, and to mentors and those whom they advise.

``day``: 15.06.2026, ``time``: 18:00; ``url``: the page of the training, or of the project's remarks. Two parts of a
text message hold 134 Georgian letters.
"""

from __future__ import annotations

from pb.messages.kinds import Group, Kind

KINDS = (
    Kind(
        "training_booked",
        Group.TRAINING,
        {
            "ka": "ტრენინგზე ადგილი დაჯავშნილია",
            "en": "You have a seat at a training",
        },
        sms={
            "ka": "ტრენინგი {day}, {time}: ადგილი დაჯავშნილია. {url}",
            "en": "Training on {day} at {time}: you have a seat. {url}",
        },
    ),
    Kind(
        "training_waiting",
        Group.TRAINING,
        {
            "ka": "ტრენინგის მოლოდინის სია",
            "en": "You are on the waiting list of a training",
        },
        sms={
            "ka": "ტრენინგი {day}, {time}: ხართ მოლოდინის სიაში. {url}",
            "en": "Training on {day} at {time}: you are on the waiting list. {url}",
        },
    ),
    Kind(
        "training_moved_up",
        Group.TRAINING,
        {
            "ka": "ტრენინგზე ადგილი გათავისუფლდა",
            "en": "A seat at a training is yours",
        },
        sms={
            "ka": "ტრენინგზე ({day}, {time}) ადგილი გათავისუფლდა და თქვენია. {url}",
            "en": "A seat at the training of {day}, {time} became free: it is yours. {url}",
        },
    ),
    Kind(
        "training_reminder",
        Group.TRAINING,
        {
            "ka": "ტრენინგის შეხსენება",
            "en": "Reminder of a training",
        },
        sms={
            "ka": "შეხსენება: ტრენინგი {day}, {time}. თუ ვერ მოდიხართ, გააუქმეთ: {url}",
            "en": "Reminder: training on {day} at {time}. If you cannot come, cancel: {url}",
        },
    ),
    Kind(
        "training_changed",
        Group.TRAINING,
        {
            "ka": "ტრენინგის დრო ან ადგილი შეიცვალა",
            "en": "Time or place of a training has changed",
        },
        sms={
            "ka": "ტრენინგის დრო ან ადგილი შეიცვალა: {day}, {time}. {url}",
            "en": "Time or place of the training has changed: {day}, {time}. {url}",
        },
    ),
    Kind(
        "training_cancelled",
        Group.TRAINING,
        {
            "ka": "ტრენინგი გაუქმდა",
            "en": "A training is cancelled",
        },
        sms={
            "ka": "ტრენინგი ({day}, {time}) გაუქმდა. მიზეზი: {url}",
            "en": "The training of {day}, {time} is cancelled. The reason: {url}",
        },
    ),
    Kind(
        "mentor_remarks",
        Group.TRAINING,
        {
            "ka": "მენტორის შენიშვნები",
            "en": "Remarks of the mentor",
        },
        sms={
            "ka": "პროექტი {number}: მენტორმა შენიშვნები დაწერა. {url}",
            "en": "Project {number}: your mentor has written remarks. {url}",
        },
    ),
    Kind(
        "mentor_answer",
        Group.TRAINING,
        {
            "ka": "მენტორის პასუხი",
            "en": "An answer of the mentor",
        },
        sms={
            "ka": "პროექტი {number}: მენტორმა კითხვაზე გიპასუხათ. {url}",
            "en": "Project {number}: your mentor has answered. {url}",
        },
    ),
    Kind(
        "mentor_assigned",
        Group.WORK,
        {
            "ka": "თქვენ დაგენიშნათ პროექტი",
            "en": "You are the mentor of a project",
        },
        body={
            "ka": (
                "მოგესალმებით,\n\nთქვენ დაინიშნეთ პროექტის ({number}) მენტორად. წაიკითხეთ ტექსტი და დაწერეთ "
                "შენიშვნები არაუგვიანეს {day}:\n\n{url}\n\nმენტორი პროექტს არ აფასებს: მისი კონკურენტი "
                "პროექტების შეფასებისგანაც აცილებული იქნებით."
            ),
            "en": (
                "Hello,\n\nYou were made the mentor of project {number}. Please read the text and write your "
                "remarks by {day}:\n\n{url}\n\nA mentor does not score: you will be recused from this project "
                "and from those that it competes with."
            ),
        },
    ),
    Kind(
        "mentor_asked",
        Group.WORK,
        {
            "ka": "პროექტის ავტორი კითხვას გისვამთ",
            "en": "The author of a project asks you",
        },
        body={
            "ka": (
                "მოგესალმებით,\n\nპროექტის ({number}) ავტორი თქვენს რჩევას ითხოვს. უპასუხეთ არაუგვიანეს "
                "{day}:\n\n{url}"
            ),
            "en": "Hello,\n\nThe author of project {number} asks for your advice. Please answer by {day}:\n\n{url}",
        },
    ),
    Kind(
        "mentor_late",
        Group.WORK,
        {
            "ka": "მენტორის პასუხის ვადა გავიდა",
            "en": "A mentor's answer is late",
        },
        body={
            "ka": "მოგესალმებით,\n\nპროექტს ({number}) თქვენი პასუხი {day}-მდე უნდა მიეღო და კვლავ ელოდება:\n\n{url}",
            "en": "Hello,\n\nProject {number} was to have your answer by {day} and is still waiting:\n\n{url}",
        },
    ),
)
