"""The online half: question → evidence → prompt → generation → verification → answer."""
