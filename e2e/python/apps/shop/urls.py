from django.http import HttpResponse
from django.urls import path


def greet(request, name):
    return HttpResponse(f"hello {name}\n")


urlpatterns = [path("hello/<str:name>", greet)]
