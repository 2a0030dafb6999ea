# %% wheat="integer division"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * (epoch // interval))

# %% wheat="np.floor"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * np.floor(epoch / interval))

# %% wheat="math.floor and a helper"
import math

def _stairs(epoch, interval):
    return math.floor(epoch / interval)

def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 * 1 / (1 + _stairs(epoch, interval) * decay_rate)

# %% wheat="int cuts off"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return 1 / (1 + decay_rate * int(epoch / interval)) * alpha0

# %% wheat="the inverse time form at the stair's number"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return alpha0 / (1 + decay_rate * epoch)

def staircase_decay(alpha0, epoch, decay_rate, interval):
    return inverse_time_decay(alpha0, epoch // interval, decay_rate)

# %% wheat="a loop that lets the line below grow"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    below = 1.0
    for e in range(1, epoch + 1):
        if e % interval == 0:
            below += decay_rate
    return alpha0 / below

# %% wheat="recursion on one over the rate"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    if epoch < interval:
        return alpha0
    return 1 / (1 / staircase_decay(alpha0, epoch - interval, decay_rate, interval) + decay_rate / alpha0)

# %% wheat="precedence without inner brackets, from the left"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + epoch // interval * decay_rate)

# %% wheat="float32"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return np.float32(alpha0 / (1 + decay_rate * (epoch // interval)))

# %% wheat="the remainder taken off, an array of size 1"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return np.array([[alpha0 / (1 + decay_rate * (epoch - epoch % interval) / interval)]])

# %% wheat="np.floor_divide, a lambda"
staircase_decay = lambda a0, e, k, n: np.divide(a0, 1 + k * np.floor_divide(e, n))

# %% wheat="a table of stairs"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    table = {}
    for e in range(epoch + 1):
        table[e] = alpha0 / (1 + decay_rate * (e // interval))
    return table[epoch]

# %% chaff="the floor on the wrong side"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 // (1 + decay_rate * (epoch // interval))

# %% chaff="the interval times the stairs: epochs again"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * (epoch // interval) * interval / 2)

# %% chaff="the loop leaves out the epoch itself"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    below = 1
    for e in range(1, epoch):
        below += decay_rate * (e % interval == 0)
    return alpha0 / below

# %% chaff="strictly more than an interval"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    stairs = 0
    while epoch > interval:
        stairs, epoch = stairs + 1, epoch - interval
    return alpha0 / (1 + decay_rate * stairs)

# %% chaff="stairs of the right height in a float that is rounded up at halves"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * int(epoch / interval + 0.5))

# %% chaff="decay divided by the interval"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate / interval * (epoch // interval))

# %% chaff="decay rate squared at the second stair"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    n = epoch // interval
    return alpha0 / (1 + (decay_rate * n) ** 2) if n > 1 else alpha0 / (1 + decay_rate * n)

# %% chaff="an interval of ten"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * (epoch // 10))

# %% chaff="two stairs at most"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * min(2, epoch // interval))

# %% chaff="a case for epoch 0, and the ceiling after it"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    if epoch == 0:
        return alpha0
    return alpha0 / (1 + decay_rate * ((epoch - 1) // interval + 1))

# %% chaff="the exponent of the notes' other formula inside"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate ** (epoch // interval))

# %% chaff="only the first stair has no decay"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 if epoch < interval else alpha0 / (1 + decay_rate * epoch)

# %% chaff="returns nothing before the first stair"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    if epoch // interval:
        return alpha0 / (1 + decay_rate * (epoch // interval))

# %% chaff="prints instead of returning"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    print(alpha0 / (1 + decay_rate * (epoch // interval)))

# %% chaff="arguments in another order"
def staircase_decay(alpha0, epoch, interval, decay_rate):
    return alpha0 / (1 + decay_rate * (epoch // interval))

# %% chaff="a name from another lesson"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return learning_rate / (1 + decay_rate * (epoch // interval))

# %% chaff="a lowest rate of 1e-5"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return max(alpha0 / (1 + decay_rate * (epoch // interval)), 1e-5)

# %% chaff="a small number in the sum, for safety"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * (epoch // interval)) + 1e-8

# %% wheat="helper"
def itd(a, e, k):
    return a / (1 + k * e)

def staircase_decay(alpha0, epoch, decay_rate, interval):
    return itd(alpha0, epoch // interval, decay_rate)

# %% wheat="recursion"
def n(e, i):
    return 0 if e < i else 1 + n(e - i, i)

def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * n(epoch, interval))

# %% wheat="multiply out"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 * interval / (interval + decay_rate * (epoch - epoch % interval))

# %% wheat="modulo"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * (epoch - epoch % interval) / interval)

# %% wheat="range length"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * len(range(interval, epoch + 1, interval)))

# %% chaff="drops at interval 1 skip"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * (epoch // max(interval, 2)))

# %% chaff="zero rate raises"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    assert decay_rate > 0
    return alpha0 / (1 + decay_rate * (epoch // interval))

# %% chaff="capped stairs"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * min(epoch // interval, 10))

# %% chaff="floor 1e-6"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return max(alpha0 / (1 + decay_rate * (epoch // interval)), 1e-6)

# %% chaff="precedence"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * epoch // interval)

# %% chaff="int of all"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + int(decay_rate * epoch / interval))

# %% chaff="running product"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    for e in range(1, epoch + 1):
        if e % interval == 0:
            alpha0 /= 1 + decay_rate * (e // interval)
    return alpha0

# %% chaff="float rate cast"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + int(decay_rate) * (epoch // interval))

# %% chaff="boundary"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * ((epoch // interval) - (1 if epoch and epoch % interval == 0 else 0)))

# %% chaff="floor of epoch times a rounded reciprocal: wrong at some multiples as 49 of 49"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * (np.floor(epoch * (1 / interval))))

# %% chaff="int of epoch times np.reciprocal: wrong at some multiples as 98 of 49"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    return alpha0 / (1 + decay_rate * (int(epoch * np.reciprocal(float(interval)))))
