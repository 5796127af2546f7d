"""Two reports of one fire, and scripted replies: several citations, agreement, a conflict."""

from datetime import date

from index.articles import Article

CALM = "The weather was calm and nobody on the quay expected any trouble at all. " * 12

POST = Article(
    id="post",
    title="Fire on the ferry Aurora",
    outlet="Harbour Post",
    published=date(2025, 4, 8),
    url="https://post.example/aurora",
    text=(
        "A fire broke out on the ferry Aurora in Port Halven on Monday night.\n\n"
        "Captain Marta Olsen thanked the 12th Rescue Unit for its help. "
        "The fire on the ferry Aurora injured 14 people.\n\n"
        + CALM
        + "\n\nThe ferry Aurora was built in 1998 and carries up to 300 passengers."
    ),
)
WIRE = Article(
    id="wire",
    title="Aurora burns in port",
    outlet="Northern Wire",
    published=date(2025, 4, 9),
    url=None,
    text=(
        "Firefighters needed four hours to put out the flames aboard.\n\n"
        "Captain Marta Olsen thanked the 12th Rescue Unit and the people of Port Halven. "
        "The fire on the ferry Aurora injured 19 people, officials said on Wednesday.\n\n"
        "Divers will look at the hull of the ship before it sails again."
    ),
)
THANKS = "Who was thanked by Captain Marta Olsen?"
INJURED = "How many people did the fire on the ferry Aurora injure?"
BORN = "When was Captain Marta Olsen born?"
REPLIES = {
    THANKS: "Captain Marta Olsen thanked the 12th Rescue Unit [1][2].",
    INJURED: (
        "The fire on the ferry Aurora injured 14 people [1]. "
        "The fire on the ferry Aurora injured 19 people [2]."
    ),
}
