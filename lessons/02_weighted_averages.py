# %% [markdown]
# # Follow the trend: exponentially weighted averages
#
# - **You will build** a running average that needs one number of memory, its weights, its window, and a correction for
#   its first days.
# - **You will learn** what β decides, how late and how smooth such an average is, and when its start misleads.
# - **You need** NumPy arrays and loops. Time: 80 minutes.

# %% setup="imports"
import numpy as np

from optimlab import answer_to, check, data, network, plots, save, widgets

# %% [markdown]
# ## Look at the weather
#
# How warm does it get in Seattle? We have the highest temperature of each day of four years. Look at how much it
# changes from one day to the next.

# %% demo="weather"
days, values = data.daily_temperatures()
print(f"{len(values)} days from {days[0]} to {days[-1]}, {values.min()} to {values.max()} °C")
print(f"mean change from day to day: {np.abs(np.diff(values)).mean():.1f} °C")
plots.curves(
    {},
    dots={"one day": values[:731]},
    title="A year goes up and down, under changes of 2.2 °C from day to day",
    x_label="days after 1 January 2012",
    y_label="highest temperature (°C)",
)

# %% [markdown]
# You see the seasons, and you see noise. We want the curve without the noise.

# %% [markdown]
# ## Mix each day into one number
#
# Call the temperature of day t $\theta_t$ (theta). We keep a single number $V$, the average so far. Each new day we mix
# the day's temperature into it:
#
# $$V_t = \beta V_{t-1} + (1 - \beta)\,\theta_t, \qquad V_0 = 0$$
#
# β (beta) is the share of the past that stays. Look at the first three days with β = 0.9, done by hand.

# %% demo="by_hand"
v1 = 0.9 * 0 + 0.1 * values[0]
v2 = 0.9 * v1 + 0.1 * values[1]
v3 = 0.9 * v2 + 0.1 * values[2]
print(f"temperatures {values[:3]}: V1 = {v1:.3f}, V2 = {v2:.3f}, V3 = {v3:.3f}")
print(f"with V0 in place of V1 and V2: {0.9 * 0 + 0.1 * values[1]:.3f}, {0.9 * 0 + 0.1 * values[2]:.3f}")

# %% [markdown]
# Some notes write $V_2 = 0.9\,V_0 + 0.1\,\theta_2$ and $V_t = 0.9\,V_0 + \dots$. That is a slip. $V_0$ is zero, so
# each result would be a tenth of one temperature, and nothing would be averaged. The average goes on from the one
# before: $V_{t-1}$.
#
# The averages start far too low, at 1.28 °C. We come back to that.
#
# ## Write the average
#
# **The trap:** T values have T averages. $V_0$ is not among them. And `values` must be the same afterwards: who writes
# an average into it loses a temperature.
#
# <details><summary>Hint 1: the idea</summary>Go through the values in order and carry one number along. Put what it is
# after each value into a new array.</details>
# <details><summary>Hint 2: the formula</summary>V starts at 0. At each value, the new V is β times the old V plus 1-β
# times the value.</details>


# %% exercise="ewa"
def ewa(values, beta):
    """Return the exponentially weighted averages of a series.

    values: array of floats, shape (T,), T at least 1; it is left as it is.
    beta: β, the share of the past that is kept; above 0, below 1.
    Returns a new array (T,): V_1 to V_T, where V_0 = 0.
    """
    ### BEGIN SOLUTION
    averages, v = np.zeros_like(values), 0.0
    for t, value in enumerate(values):
        v = beta * v + (1 - beta) * value
        averages[t] = v
    return averages
    ### END SOLUTION


# %% check="ewa" points=3
check(ewa)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(ewa)
### END HIDDEN TESTS

# %% [markdown]
# From here on everything runs on your functions. If one isn't right yet, read on: below each figure of theirs is a
# folded picture of what it should look like.
#
# ## Choose β
#
# Take three values of β. Look at the mean change from day to day, which was 2.2 °C, and at where the curves lie.

# %% demo="betas"
averages = {beta: ewa(values, beta) for beta in (0.5, 0.9, 0.98)}
for beta, line in averages.items():
    print(f"β = {beta:4}: mean change from day to day {np.abs(np.diff(line)).mean():.2f} °C")
year = slice(366, 731)
plots.curves(
    {beta: line[year] for beta, line in averages.items()},
    x=np.arange(1, 366),
    dots={"one day": values[year]},
    title="In 2013: the larger β, the smoother the curve, and the farther to the right",
    x_label="day of the year 2013",
    y_label="highest temperature (°C)",
)

# %% [markdown]
# ![Three averages of a year: β = 0.5 is ragged, β = 0.98 is smooth and shifted to the right](expected:betas)
#
# A small β follows each change at once, noise and all. A large β hardly moves on a single day. It is smooth, and it
# adapts slowly: its curve lies to the right. How far, we measure below.

# %% [markdown]
# ## Unroll it
#
# Where does $V_3$ come from? Put each line into the next:
#
# $$V_3 = (1-\beta)\,\theta_3 + (1-\beta)\,\beta\,\theta_2 + (1-\beta)\,\beta^2\,\theta_1$$
#
# So $V_t$ is a weighted sum of all values so far. A value that is k days old has the weight $(1-\beta)\,\beta^k$. One
# such factor per step: that is an *exponential*, hence the name.
#
# **The trap:** the order. The oldest value stands first, as in `values`, and the newest last. And the newest value is
# 0 days old, not 1.
#
# <details><summary>Hint 1: the idea</summary>Write down how old each of the t values is, from the first to the last.
# Then turn the ages into weights.</details>
# <details><summary>Hint 2: the formula</summary>The ages are t-1, t-2, ..., 1, 0. The weight of age k is (1-β) times β
# to the power k.</details>


# %% exercise="ewa_weights"
def ewa_weights(beta, t):
    """Return the weights with which the first t values enter the t-th average.

    beta: β, above 0, below 1.
    t: how many values there are, at least 1.
    Returns an array (t,), the oldest value's weight first.
    """
    ### BEGIN SOLUTION
    ages = np.arange(t)[::-1]
    return (1 - beta) * beta**ages
    ### END SOLUTION


# %% check="ewa_weights" points=2
check(ewa_weights)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(ewa_weights)
### END HIDDEN TESTS

# %% [markdown]
# Now there are two ways to the same average: a weighted sum for each day, and your loop. Look at whether they agree,
# and at how many products each of them takes.

# %% demo="agree"
days_so_far = np.arange(1, len(values) + 1)
sums = np.array([ewa_weights(0.9, t) @ values[:t] for t in days_so_far])
print(f"the same on all {len(values)} days: {np.allclose(sums, averages[0.9], rtol=0, atol=1e-9)}")
print(f"products: {days_so_far.sum():,} for the weighted sums, {2 * len(values):,} for the loop")

# %% [markdown]
# See how the weights fade. On this axis a fixed factor per day makes a straight line.

# %% demo="fade"
weights = {beta: np.asarray(ewa_weights(beta, 120))[::-1] for beta in averages}
for beta, line in weights.items():
    print(f"β = {beta:4}: weights {line[0]:.3f} today, {line[1]:.4f} yesterday: a factor of {line[1] / line[0]:.2f}")
plots.curves(
    {beta: np.where(line > 1e-4, line, np.nan) for beta, line in weights.items()},
    title="The weights fade by the factor β per day; a larger β spreads them wider",
    x_label="age of the value (days)",
    y_label="weight",
    log_y=True,
)

# %% [markdown]
# ![Three falling straight lines: β = 0.5 falls steeply, β = 0.98 is nearly flat](expected:fade)
#
# ## How far does it look back?
#
# No value is ever forgotten altogether. Still, a rule of thumb says: the average runs over about $1/(1-\beta)$ values.
#
# **The trap:** it is no count of anything, so it need not be whole. Don't round it.
#
# <details><summary>Hint 1: the idea</summary>How much weight does the newest value have? If all values in the window
# had that weight, how many would fill it?</details>
# <details><summary>Hint 2: the formula</summary>One divided by the weight of the newest value, which is 1-β.</details>


# %% exercise="averaging_window"
def averaging_window(beta):
    """Return over about how many values an exponentially weighted average runs.

    beta: β, above 0, below 1.
    Returns a number of steps, not rounded.
    """
    ### BEGIN SOLUTION
    return 1 / (1 - beta)
    ### END SOLUTION


# %% check="averaging_window" points=2
check(averaging_window)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(averaging_window)
### END HIDDEN TESTS

# %% [markdown]
# ### Predict: who is in the average?
#
# With β = 0.9 the window is 10 days. After many days, how much of the weight lies on the last 10 of them?
#
# - **a** All of it.
# - **b** About 90 %.
# - **c** About two thirds.
#
# Write your letter between the quotes and run the cell. Then run the next one.

# %% demo="guess_share"
guess_share = "?"
print(f"My guess: {guess_share}")

# %% demo="share"
for beta in averages:
    n = round(float(averaging_window(beta)))
    latest = np.asarray(ewa_weights(beta, 2000))[::-1]
    within, thrice, left = latest[:n].sum(), latest[: 3 * n].sum(), latest[n] / latest[0]
    print(f"β = {beta:4}: the last {n:2} values hold {within:.3f}, the last {3 * n:3} hold {thrice:.3f} of the weight;")
    print(f"          a value {n:2} steps old weighs {left:.3f} of what the newest weighs")
print(f"limits as β comes close to 1: {1 - 1 / np.e:.3f} and {1 / np.e:.3f}")
print(answer_to(guess_share, "c"))

# %% [markdown]
# So the window is where a weight has fallen to about $1/e$, a third, of the newest one. About $1 - 1/e$, two thirds,
# lies within it, and the rest beyond. Three windows hold 95 % or more.
#
# The gain of all this is in the memory. Say we want the mean of the last 10 gradients of a network 64-32-10, as in the
# next lesson. Look at how many numbers must be kept.

# %% demo="memory"
params = network.initialise((64, 32, 10), np.random.default_rng(0))
numbers = sum(array.size for array in params.values())
print(f"parameters: {numbers:,}. A plain mean of the last 10 gradients keeps {10 * numbers:,} numbers,")
print(f"a weighted average keeps {numbers:,}: one per parameter, whatever β is.")

# %% [markdown]
# ### In your own words: the last ten days
#
# Somebody says: "With β = 0.9 I take the mean of the last ten values, and I save memory." What is right in this, and
# what is wrong? Two to four sentences.

# %% [markdown] question="last_ten_days" points=2
# It is no plain mean, and it does not end after ten values: all values so far are in it, with weights 0.1, 0.09,
# 0.081, ... that shrink by the factor 0.9 per step. The last ten hold about 65 % of the weight. The ten is a rule of
# thumb, 1 / (1 - 0.9): after ten steps a weight has fallen to about 1/e of the newest. The memory is right: one number
# is kept, where a plain mean of ten values has to keep all ten.

# %% [markdown]
# ## Measure the delay
#
# How late is an average? We compare it with a mean that can't be late: that of the 30 days before, the day, and the
# 30 days after. It knows the future, so nobody has it in time. We shift our average back, day by day, until it
# resembles that mean best (the largest correlation). The first 200 days are left out.


# %% demo="delay_of"
centred = np.convolve(values, np.full(61, 1 / 61), mode="valid")  # its first entry belongs to day 30


def delay_of(average, skip=200, longest=90):
    """Return by how many days an average comes after the centred mean."""
    likeness = []
    for shift in range(longest):
        shifted = average[skip + shift : 30 + len(centred) + shift]
        likeness.append(np.corrcoef(shifted, centred[skip - 30 :][: len(shifted)])[0, 1])
    return int(np.argmax(likeness))


print(f"the centred mean itself: {delay_of(np.pad(centred, 30, mode='edge'))} days late")

# %% [markdown]
# ### Predict: how late is β = 0.98?
#
# The mean age of the values in an average with β = 0.98 is 49 days: each age times its weight, summed up, is β/(1-β).
# By how many days does its curve come after the centred mean?
#
# - **a** About 49.
# - **b** About 40.
# - **c** About 25.

# %% demo="guess_delay"
guess_delay = "?"
print(f"My guess: {guess_delay}")

# %% demo="delay"
ages = np.arange(2000)
for beta, line in averages.items():
    mean_age = ewa_weights(beta, 2000)[::-1] @ ages
    print(f"β = {beta:4}: mean age {mean_age:4.1f} days, measured delay {delay_of(line):2} days")
print(answer_to(guess_delay, "b"))

# %% [markdown]
# With β = 0.5 and 0.9 the delay is the mean age. With β = 0.98 it is less. The mean age is the delay for what changes
# slowly against the window, and a year is not slow against 50 days. Try it on a pure wave of one year. Look at when its
# average has its peak, and how high that is.

# %% demo="wave"
wave = np.sin(2 * np.pi * np.arange(10 * 365) / 365)
last_year = slice(9 * 365, 10 * 365)
for beta in averages:
    line = ewa(wave, beta)[last_year]
    late = np.argmax(line) - wave[last_year].argmax()
    print(f"β = {beta:4}: the peak comes {late:2} days late, height {np.max(line):.3f}")

# %% [markdown]
# So β = 0.98 shows the summer about 40 days late, and with three quarters of its height. That is the price of
# smoothness.

# %% [markdown]
# ## Measure the noise
#
# How much of the noise gets through? First we need the noise alone. We fit the season by two waves, of a year and of
# half a year, and take what remains. Look at how much a day resembles the day before.

# %% demo="noise"
angle = 2 * np.pi * np.arange(len(values)) / 365.25
waves = np.stack([np.ones_like(angle), np.cos(angle), np.sin(angle), np.cos(2 * angle), np.sin(2 * angle)], axis=1)
noise = values - waves @ np.linalg.lstsq(waves, values, rcond=None)[0]
alike = np.corrcoef(noise[1:], noise[:-1])[0, 1]
print(f"standard deviation {noise.std():.2f} °C, correlation with the day before {alike:.2f}")

# %% [markdown]
# ### Predict: how much noise gets through?
#
# If each day's noise were drawn anew, independent of all other days, the average would let the share
# $\sqrt{(1-\beta)/(1+\beta)}$ of it through. For β = 0.9 that is 0.23. How much is it for Seattle's weather?
#
# - **a** About a tenth, since the weather is lazy.
# - **b** About 0.23.
# - **c** About twice as much.

# %% demo="guess_noise"
guess_noise = "?"
print(f"My guess: {guess_noise}")


# %% demo="through"
def share_through(noise, beta):
    """Return the standard deviation of the averaged noise, as a share of what it was."""
    return np.std(ewa(noise, beta)[200:]) / noise[200:].std()


rng = np.random.default_rng(0)
for beta in averages:
    shuffled = [share_through(rng.permutation(noise), beta) for _ in range(20)]
    formula = np.sqrt((1 - beta) / (1 + beta))
    print(f"β = {beta:4}: weather {share_through(noise, beta):.2f}, ", end="")
    print(f"the same days shuffled {np.median(shuffled):.2f}, formula {formula:.2f}")
print(answer_to(guess_noise, "c"))

# %% [markdown]
# A warm day is mostly followed by another warm day, so neighbours cancel little. Shuffle the days, and the formula
# holds. **It is right for independent noise only.**

# %% [markdown]
# ## Look at the first days
#
# Now to the start. $V_0$ is zero, and January in Seattle is not.
#
# ### Predict: the first value
#
# The first day has 12.8 °C. What does the average with β = 0.98 say on that day? This time write a number, in °C.

# %% demo="guess_start"
guess_start = "?"
print(f"My guess: {guess_start}")

# %% demo="start"
for t in (1, 10, 50, 100, 200):
    total, so_far = np.sum(ewa_weights(0.98, t)), values[:t].mean()
    print(f"day {t:3}: average {averages[0.98][t - 1]:5.2f} °C, mean of all days so far {so_far:5.2f} °C, ", end="")
    print(f"sum of weights {total:.3f}")
print(answer_to(guess_start, averages[0.98][0]))

# %% [markdown]
# The average is too low because its weights don't sum to 1. The values hold $1 - \beta^t$ of the weight on day t. The
# rest, $\beta^t$, lies on $V_0 = 0$. Test it: is the sum of your weights $1 - \beta^t$?

# %% demo="sums"
for beta in averages:
    same = [np.isclose(np.sum(ewa_weights(beta, t)), 1 - beta**t) for t in range(1, 366)]
    print(f"β = {beta:4}: the weights sum to 1 - β^t on each of the first 365 days: {all(same)}")

# %% [markdown]
# ## Correct the start
#
# The cure is to divide by that sum. Then the weights sum to 1 from the first day on. This is called *bias correction*;
# the bias is the pull towards zero.
#
# $$\hat V_t = \frac{V_t}{1 - \beta^t}$$
#
# **The trap:** the recursion goes on with $V_t$, not with $\hat V_t$. If corrected values are fed back, the
# corrections pile up. And t counts from 1: with t = 0 one divides by zero.
#
# <details><summary>Hint 1: the idea</summary>Take the plain averages, all of them. Then divide each by a number of its
# own, the one for its day.</details>
# <details><summary>Hint 2: the formula</summary>The t-th average is divided by 1 - β to the power t, where t runs from
# 1 to T.</details>


# %% exercise="ewa_corrected"
def ewa_corrected(values, beta):
    """Return the exponentially weighted averages of a series, with bias correction.

    values: array of floats, shape (T,), T at least 1; it is left as it is.
    beta: β, above 0, below 1.
    Returns a new array (T,). You may call your ewa.
    """
    ### BEGIN SOLUTION
    t = np.arange(1, len(values) + 1)
    return ewa(values, beta) / (1 - beta**t)
    ### END SOLUTION


# %% check="ewa_corrected" points=3
check(ewa_corrected)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(ewa_corrected)
### END HIDDEN TESTS

# %% [markdown]
# Look at the first half year with β = 0.98, with and without the correction.

# %% demo="corrected"
corrected = ewa_corrected(values, 0.98)
for t in (1, 10, 50, 100, 200):
    print(f"day {t:3}: plain {averages[0.98][t - 1]:5.2f} °C, corrected {corrected[t - 1]:5.2f} °C")
plots.curves(
    {"β = 0.98, corrected": corrected[:200], 0.98: averages[0.98][:200]},
    x=np.arange(1, 201),
    dots={"one day": values[:200]},
    title="The plain average starts at zero, the corrected one among the values",
    x_label="day of the year 2012",
    y_label="highest temperature (°C)",
)

# %% [markdown]
# ![Two curves: the plain one climbs from zero, the corrected one starts at 12.8 °C; they meet](expected:corrected)
#
# The two curves meet. So when may one leave the correction out? When $1 - \beta^t$ is close to 1. Look at the first day
# on which it is at least 0.95, and at least 0.99.

# %% demo="when"
t = np.arange(1, 1001)
for beta in averages:
    window = averaging_window(beta)
    near, nearer = (t[1 - beta**t >= due][0] for due in (0.95, 0.99))
    print(
        f"β = {beta:4}: day {near:3} and day {nearer:3}; 3 windows {3 * window:5.1f}, 4.6 windows {4.6 * window:5.1f}"
    )

# %% [markdown]
# After three windows the plain average lacks at most 5 % of the corrected one, after 4.6 windows at most 1 %. If only
# the end of a long series counts, one may leave the correction out. If the first steps count, one may not. In lesson
# 05 they do.
#
# The correction makes nothing faster. Once the curves have met, the delay is the same. And the first corrected
# averages are as noisy as the few values in them.

# %% [markdown]
# ## Meet other forms
#
# Some libraries start at the first value: $V_1 = \theta_1$. That looks right on day 1. Look at the weight of the first
# day in the three forms, 30 days on, with β = 0.98.

# %% demo="forms"
plain = np.asarray(ewa_weights(0.98, 30))
forms = {"plain": plain[0], "corrected": plain[0] / plain.sum(), "started at the first value": 0.98**29}
for name, weight in forms.items():
    print(f"weight of day 1 on day 30, {name}: {weight:.3f}")

# %% [markdown]
# Started at the first value, more than half of the average is still that one day. The corrected form lets it fade like
# any other. In pandas, `ewm(alpha=1 - beta).mean()` is your `ewa_corrected`; with `adjust=False` it starts at the first
# value.

# %% [markdown]
# ## Play
#
# Move the slider of β, and look closely at the first 60 days or at two years. Which β would you take to find the
# warmest week of summer? Which one to notice a cold snap?


# %% demo="play"
def draw(ax, beta=0.9, days=365, correction="no"):
    average = ewa_corrected if correction == "yes" else ewa
    window, late = averaging_window(beta), delay_of(average(values, beta))
    plots.curves(
        {beta: average(values[:days], beta)},
        dots={"one day": values[:days]},
        title=f"β = {beta:g}: a window of {window:.0f} days, a delay of {late} days",
        x_label="days after 1 January 2012",
        y_label="highest temperature (°C)",
        ax=ax,
    )


betas = [0.5, 0.7, 0.8, 0.9, 0.95, 0.98]
widgets.explore(draw, beta=betas, days=[60, 365, 730], correction=["no", "yes"])
print("delays:", {beta: delay_of(ewa(values, beta)) for beta in betas})

# %% [markdown]
# ## Smooth a loss
#
# A network that is trained with mini-batches shows a noisy loss: each batch is another one. The loss on all examples is
# smooth, but costly: here it takes as much work as 125 batches. Does an average of the batch losses do instead?
#
# Two moons, 2000 points, a network 2-16-8-1, mini-batches of 16, 800 updates, ten seeds. Both losses are recorded
# (`datasets/experiments/`, made by `make experiments`). *Distance* is the root of the mean squared difference from the
# loss on all examples. You see medians over the seeds, with quartiles.

# %% demo="smooth"
record = data.recorded("02_weighted_averages-losses")
batch, full = record["batch_loss"].astype(float), record["loss"].astype(float)


def distance(lines):
    """Return the quartiles over the seeds of the distance from the loss on all examples."""
    low, middle, high = plots.quartiles(np.sqrt(np.mean((lines - full) ** 2, axis=1)))
    return f"{middle:.3f} [{low:.3f}, {high:.3f}]"


print("batch losses as they are:", distance(batch))
for beta in (0.5, 0.9, 0.95, 0.98, 0.99):
    print(f"averaged, corrected, β = {beta:4}:", distance(np.array([ewa_corrected(losses, beta) for losses in batch])))

# %% [markdown]
# With a β of 0.9 to 0.95 the distance comes down to about a quarter. Look at seed 0.

# %% demo="loss_curves"
plots.curves(
    {"β = 0.9, corrected": ewa_corrected(batch[0], 0.9), "loss on all examples": full[0]},
    dots={"one batch": batch[0]},
    title="Averaged with β = 0.9, the batch losses follow the loss on all examples",
    x_label="updates (seed 0)",
    y_label="training loss",
)

# %% [markdown]
# ![Grey dots scatter widely; the average and the loss on all examples fall side by side](expected:loss_curves)
#
# Why is more β worse? There are two parts to the distance. Average the smooth loss itself: that has no noise, and what
# it differs by is *delay*. The remainder is *noise*. Look at both parts as the window grows.

# %% demo="parts"
tried = np.array([0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99])
late = np.array([[ewa_corrected(losses, beta) for losses in full] for beta in tried]) - full
noisy = np.array([[ewa_corrected(losses, beta) for losses in batch - full] for beta in tried])
parts = {"all": late + noisy, "delay": late, "noise": noisy}
parts = {name: np.sqrt(np.mean(part**2, axis=2)).T for name, part in parts.items()}
for i, beta in enumerate(tried):
    print(f"β = {beta:4}:", ", ".join(f"{name} {np.median(part[:, i]):.3f}" for name, part in parts.items()))

# %% [markdown]
# The noise keeps falling, the delay keeps growing, and both together are least at windows of 10 to 20 updates. In the
# picture lines are medians; the bands go from quartile to quartile.

# %% demo="trade"
plots.curves(
    parts,
    x=np.array([averaging_window(beta) for beta in tried]),
    title="A longer window lets in less noise and comes later; the best lies between",
    x_label="window 1/(1-β) (updates)",
    y_label="distance from the loss on all examples",
    log_x=True,
)

# %% [markdown]
# ![The noise falls and the delay grows with the window; both together are lowest in the middle](expected:trade)
#
# Batches are drawn at random, so their noise should be nearly independent. Does the formula that failed for the weather
# hold here?

# %% demo="batch_noise"
for beta in averages:
    through = np.median([share_through(noise, beta) for noise in batch - full])
    print(f"β = {beta:4}: {through:.2f} of the noise gets through; formula {np.sqrt((1 - beta) / (1 + beta)):.2f}")

# %% [markdown]
# It does nearly; with a large β even less gets through.
#
# ### Predict: without the correction
#
# Leave out the correction, and take β = 0.98. What does the average do in the first 70 updates, while the loss
# falls to less than half?
#
# - **a** It falls, a little later.
# - **b** It stays level.
# - **c** It rises.

# %% demo="guess_loss"
guess_loss = "?"
print(f"My guess: {guess_loss}")

# %% demo="rising"
uncorrected = np.array([ewa(losses, 0.98) for losses in batch])
peaks = uncorrected.argmax(axis=1)
print(f"the average rises until update {peaks.min()} to {peaks.max()}, depending on the seed")
first, later = np.median(full[:, [0, 70]], axis=0)
print(f"meanwhile the loss on all examples goes from {first:.2f} to {later:.2f} by update 70 (medians)")
print(f"distance of β = 0.98 without correction: {distance(uncorrected)}")
print(answer_to(guess_loss, "c"))

# %% demo="rising_curves"
lines = {"β = 0.98, corrected": ewa_corrected(batch[0, :300], 0.98), "loss on all examples": full[0, :300]}
plots.curves(
    lines | {0.98: uncorrected[0, :300]},
    title=f"Without correction the average rises for {peaks[0]} updates while the loss falls",
    x_label="updates (seed 0)",
    y_label="training loss",
)

# %% [markdown]
# ![Three curves: the loss falls, the plain average climbs from zero, the corrected one is late](expected:rising_curves)
#
# ### In your own words: a loss that rises
#
# A friend trains for 40 updates and watches an average of her batch losses with β = 0.98. It starts at 0.01 and rises
# all the time. She wants to lower the learning rate. What do you tell her? What does bias correction repair, and what
# does it not? Three or four sentences.

# %% [markdown] question="rising_loss" points=2
# The curve says nothing against her learning rate. The average starts at 0, and after 40 updates its weights sum to
# only 1 - 0.98^40 = 0.55: it climbs even while the loss falls. Divided by 1 - β^t it starts at the first batch loss,
# and she sees whether the loss falls. The correction does not make it faster: with β = 0.98 the average looks back
# over about 50 updates, so it lags behind a falling loss. For 40 updates a smaller β, such as 0.9, fits better.

# %% [markdown]
# ## Keep your work
#
# Later lessons can use your functions. This writes them to files beside the lesson folders.

# %% demo="save"
for function in (ewa, ewa_weights, averaging_window, ewa_corrected):
    save(function)

# %% [markdown]
# ## What you saw
#
# - An exponentially weighted average keeps one number and mixes each new value into it. All values so far are in it,
#   with weights that fade by the factor β; about two thirds of the weight lie on the last 1/(1-β) values.
# - A larger β is smoother and later: in Seattle 1, 9 and 39 days late for β = 0.5, 0.9 and 0.98. How much noise it
#   takes away depends on how alike neighbouring values are.
# - The start at zero pulls the first averages down. Dividing by $1 - \beta^t$ cures that. After three to five windows
#   it hardly matters any more.
#
# | English | Chinese |
# |---|---|
# | exponentially weighted average | 指数加权平均 |
# | weight | 权重 |
# | window | 窗口 |
# | to decay, to fade | 衰减 |
# | noise | 噪声 |
# | smooth | 平滑 |
# | delay, lag | 滞后 |
# | bias correction | 偏差修正 |
# | independent | 独立 |
# | correlation | 相关 |
# | mini-batch | 小批量 |
# | loss | 损失 |
#
# **Sources**
#
# - S. W. Roberts (1959), "Control Chart Tests Based on Geometric Moving Averages", *Technometrics* 1(3), 239-250.
# - D. P. Kingma, J. Ba (2015), "Adam: A Method for Stochastic Optimization", *ICLR*, arXiv:1412.6980, section 3: why
#   one divides by $1 - \beta^t$.
# - A. Ng (2017), *Improving Deep Neural Networks*, week 2: the notation, and the example of daily temperatures.
# - pandas' documentation of `DataFrame.ewm`: the forms with and without `adjust`.
# - M. J. Menne and others (2012), "An Overview of the Global Historical Climatology Network-Daily Database", *Journal
#   of Atmospheric and Oceanic Technology* 29, 897-910: the data; `datasets/README.md` says how they came here.
