"""Addresses of training; they stand before the addresses of regulations."""

from django.urls import path

from playbook.views import assessment, onboarding, quiz, training

urlpatterns = [
    path("training/", training.mine, name="training"),
    path("training/matrix/", training.matrix, name="training_matrix"),
    path("training/people/<int:pk>/", training.person, name="training_person"),
    path("training/courses/<slug:code>/", training.course, name="course"),
    path("training/attempts/<int:pk>/", quiz.attempt, name="attempt"),
    path("training/attempts/<int:pk>/keep/", quiz.keep, name="attempt_keep"),
    path("training/attempts/<int:pk>/finish/", quiz.finish, name="attempt_finish"),
    path("training/assess/", assessment.assess, name="assess"),
    path("training/assessments/<int:pk>/", assessment.assessment, name="assessment"),
    path("training/assessments/<int:pk>/seen/", assessment.seen, name="assessment_seen"),
    path("training/assessments/<int:pk>/withdraw/", assessment.withdraw, name="assessment_withdraw"),
    path("training/onboarding/start/", onboarding.start, name="onboarding_start"),
    path("training/onboarding/<int:pk>/", onboarding.onboarding, name="onboarding"),
    path("training/onboarding/<int:pk>/steps/<int:step_pk>/", onboarding.mark, name="onboarding_mark"),
    path("<slug:code>/quiz/", quiz.quiz, name="quiz"),
    path("<slug:code>/quiz/start/", quiz.start, name="quiz_start"),
]
