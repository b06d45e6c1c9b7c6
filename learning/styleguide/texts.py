"""A tutorial with all that a tutorial may hold."""

FIGURE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 90">
<g class="line"><path d="M10 80 L110 20 L190 60 L590 10"/></g>
<circle class="accent" cx="110" cy="20" r="6"/>
<text class="ink" x="122" y="24">a summit</text></svg>"""

TUTORIAL = """A paragraph with `code`, *stress* and [a link](https://knots.example/).

## Code

```python
def tie(rope: str, *, turns: int = 2) -> str:
    \"\"\"What holds was led around often enough, and a line so long is scrolled.\"\"\"
    return f"{rope} with {turns} turns"  # a comment
```

> What is quoted.

## A table that may be wider than its place

| Knot | Holds | Comes loose | Is used for |
| --- | --- | --- | --- |
| Bowline | well | at once, whatever it has borne | a loop that neither slips nor jams |
| Clove hitch | while it is loaded | at once | `fenders`, and whatever stands upright |

## A figure and a formula

![A line over two summits](figure:hill "The way, seen from the side")

Within a line $T = T_0 e^{\\mu\\varphi}$, or by itself:

$$\\sum_{k=1}^{n} k = \\frac{n(n+1)}{2}$$

## Exercises

### Exercise 1: Tie it

Tie the bowline behind your back.

#### Hint

The rabbit comes out of its hole.

#### Solution

```python
tie("a rope")
```

#### Check

Run this:

```python
assert tie("a rope", turns=3)
```

## Recap

- What holds, and what comes loose.
"""
