"""Kinds of pages that are no newspaper's: what each is made of comes out, and what stands around it does not."""

from dataclasses import dataclass

import pytest

from workers.extract.page import extract_page

DATED = '<meta property="article:published_time" content="2026-03-02T20:10:00Z">'
MENU = '<nav><ul><li><a href="/news">News</a></li><li><a href="/tides">Tides</a></li></ul></nav>'
POOL = (
    "The town council of Ardmeen voted on Monday night to close the swimming pool on Quay Street for good, after "
    "engineers found that the roof could not be repaired for less than four million pounds.",
    "Swimmers who had filled the gallery with towels around their necks left in silence. A petition signed by six "
    "thousand people lay unopened on the clerk's desk when the vote was taken.",
    "The school next door will now send its pupils by bus to Larne, a journey of fifty minutes each way, and the "
    "lifeboat crew has lost the only place where it could train in the cold months.",
    "A new pool may come with the housing planned behind the old mill, the mayor said, though the developer has yet "
    "to buy the land and the planners have not seen a drawing of it.",
)
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in POOL)
ANSWER = (
    '<div class="answer"><button>▲</button><span>31</span><div class="post-body"><p>{}</p></div>'
    '<div class="user-card">answered 3 days ago <a href="/u/petrel">petrel</a></div></div>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A page's body, and lines of it that belong to its text and that do not."""

    name: str
    body: str
    wanted: tuple[str, ...]
    unwanted: tuple[str, ...] = ()
    head: str = ""


SAMPLES = [
    Sample(
        name="questions and answers",
        body="<main><h1>Why does my barometer fall?</h1><div class=question><p>I keep an aneroid barometer in the hall of "
        "a house on the coast. Each time the wind goes round to the east the needle drops within the hour, although the "
        "forecast shows no low.</p></div><h2>2 Answers</h2>"
        + ANSWER.format(
            "Your house has its doors on the east side, I suspect. Wind that strikes a wall head on raises the pressure "
            "outside, but a chimney draws air out of the rooms."
        )
        + ANSWER.format(
            "Open a window on the lee side and look again. If the needle jumps back at once it is the draught of the "
            "house and not the instrument, which is what I found in my own kitchen."
        )
        + "</main><aside><h3>Hot questions</h3><ul><li><a href=/q>How do I dry a wet compass?</a></li></ul></aside>",
        wanted=("I keep an aneroid", "Your house has its doors", "Open a window on the lee"),
        unwanted=("wet compass", "petrel"),
    ),
    Sample(
        name="recipe",
        body="<main><h1>Oat and dulse soda bread</h1><p>Dulse gives this loaf a taste of the shore, and the oats keep it "
        "moist for three days. It needs no yeast and no kneading.</p><button>Jump to recipe</button><h2>Ingredients</h2>"
        "<ul><li>250 g wholemeal flour</li><li>20 g dried dulse, cut small</li><li>400 ml buttermilk</li></ul><h2>Method</h2>"
        "<ol><li>Heat the oven to 200 degrees and dust a heavy tray with flour.</li><li>Mix flour, oats, dulse and soda in "
        "a wide bowl.</li><li>Shape into a round, cut a deep cross and bake until it sounds hollow.</li></ol><p>If you have "
        "no buttermilk, stir a spoon of lemon juice into fresh milk and wait until it thickens in a warm kitchen.</p>"
        "<section><h2>You might also like</h2><ul><li><a href=/r>Barley broth with leeks</a></li></ul></section></main>",
        wanted=("Dulse gives", "250 g wholemeal", "400 ml", "Heat the oven", "Shape into", "If you have"),
        unwanted=("Barley broth", "Jump to recipe"),
    ),
    Sample(
        name="poem",
        body="<main><h1>Slipway</h1><p>The tide goes out and takes the lamp,<br>the lamp goes out and takes the stair,<br>"
        "the stair goes down into the damp<br>where no one is, and I am there.</p><p>I count the boats that are not moored,"
        "<br>I count the ropes that hold no boat,<br>I sign my name upon the board<br>and hang my shadow like a coat.</p>"
        "<p>Come in, the kettle says, come in,<br>the fire is older than the rain;<br>a door is only wood and tin<br>until it "
        'hears your step again.</p><p><a href="/poems">More poems</a></p></main>',
        wanted=("The tide goes out", "the stair goes down", "hang my shadow", "until it hears"),
        unwanted=("More poems",),
    ),
    Sample(
        name="twelve stops",
        body="<div><h1>Twelve stops on the coast road</h1><p>The road takes three hours without a stop, and nobody has ever "
        "driven it without a stop. These are ours, from south to north.</p>"
        + "".join(
            f"<h2>{n}. Pier number {n}</h2><p>Stop here for the view of stage {n}, for the tea in the hut beside the car park, "
            f"and for the seals on the rocks.</p>"
            for n in range(1, 13)
        )
        + "</div>",
        wanted=("1. Pier number 1", "7. Pier number 7", "view of stage 12"),
    ),
    Sample(
        name="comments without a name",
        body=f"<div class=a><h1>Pool closes for good</h1>{PARAGRAPHS}</div><div class=b><div>3 Responses</div>"
        + "".join(
            f"<div class=x><div>{name}</div><div>March {day}, 2026 at 10:1{day} am</div><div>{text}</div><a href=#>Reply</a></div>"
            for name, day, text in (
                (
                    "Eileen",
                    2,
                    "I learned to swim in that pool and so did my mother, and it is a disgrace all round.",
                ),
                (
                    "Tommy",
                    3,
                    "Nobody has mentioned the lifeboat. Where are they supposed to train now, in January?",
                ),
                (
                    "K.",
                    5,
                    "Four million for a roof, I would like to see the tender for that, and so would my brother.",
                ),
            )
        )
        + "</div>",
        wanted=POOL,
        unwanted=("I learned to swim", "mentioned the lifeboat", "see the tender"),
        head=DATED,
    ),
    Sample(
        name="blocks without names",
        body="<div><div><div><a href=/>Herald</a></div><div><a href=/n>News</a></div></div><div><div>Pool closes for good</div>"
        f"<div>2 March 2026</div>{''.join(f'<div>{text}</div>' for text in POOL)}</div><div><div>Read next</div><div>"
        "<a href=/2>Seals of the lough have doubled in ten years</a></div></div></div>",
        wanted=POOL,
        unwanted=("Seals of the lough",),
    ),
    Sample(
        name="table layout",
        body="<table width=780><tr><td colspan=3><a href=/>Home</a> | <a href=/n>News</a></td></tr><tr><td><a href=/1>Tides</a><br>"
        f"<a href=/2>Weather</a></td><td><b>Pool closes for good</b><br>2 March 2026<br><br>{'<br><br>'.join(POOL)}</td><td>"
        "<b>SPONSOR</b><br>Eat at Maggie's, the best fried fish on the whole of the coast road, open every day until ten."
        "</td></tr></table>",
        wanted=POOL,
        unwanted=("Eat at Maggie",),
    ),
    Sample(
        name="offers in the window",
        body=f"<article><h1>Pool closes for good</h1>{PARAGRAPHS}</article><div class='modal fade' role=dialog><h4>Wait</h4><p>Our "
        "readers keep this paper afloat. Join four thousand members who pay what a pint costs each month, and get a mug.</p>"
        "<button>Join</button></div><div class=popmake><p>The Herald has been printed in Ardmeen since 1871, and still belongs "
        "to one family.</p></div>",
        wanted=POOL,
        unwanted=("Our readers keep", "printed in Ardmeen since"),
        head=DATED,
    ),
]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_page_s_text_comes_out_whole_and_alone(sample: Sample) -> None:
    """Forums, recipes, poems, lists and old layouts are read like stories."""
    html = (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>Pool closes for good</title>{sample.head}</head>"
        f"<body>{MENU}{sample.body}<footer><p>© 2026 Ardmeen Herald</p></footer></body></html>"
    )
    found = extract_page(html.encode(), url="https://herald.example/2026/pool-closes-for-good")
    text = found.article.text if found.article else ""
    assert [line for line in sample.wanted if line not in text] == []
    assert [line for line in sample.unwanted if line in text] == []
