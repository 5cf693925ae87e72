#include "derive.h"

#include "lagging.h"
#include "wrap.h"

/* A consumer that has not committed for this many of its usual gaps is slower than its past. */
#define SILENT_GAPS 3
#define SILENT_LEAST_MS 15000
#define CHANGE_MS 60000 /* the growth of a lag is that of the last minute, or of */
#define CHANGE_LEAST_MS 15000
#define FAR_MS INT64_C(86400000)
#define PACE_WAVERS  0.25 /* of the producer's speed */
#define PACE_SECONDS 30
#define ETA_MOST_MS (INT64_C(1000) * 3600 * 24 * 365)

/* By the timestamp of the record that the group will read next; false: nobody looked, or it says nothing. */
static bool derive_exact(const struct kt_model *model, const struct kt_model_partition *partition, int64_t next,
                         const struct kt_look *look, struct kt_numbers *numbers)
{
    const struct kt_model_record *record = kt_model_record(partition, next);
    enum kt_tri there = kt_model_record_there(record, look->log_end);
    if (there == KT_NO) {
        return true; /* what is left holds no record */
    }
    if (there == KT_MAYBE || record->stamp == KT_STAMP_NONE || record->timestamp_ms < 0) {
        return false;
    }
    /* Only brokers' clocks were measured against ours. */
    int64_t skew = record->stamp == KT_STAMP_APPEND ? kt_model_skew(model, partition->leader) : 0;
    int64_t now = look->wall + skew;
    numbers->clock_ahead = record->timestamp_ms > now && record->timestamp_ms - now > KT_CLOCK_AHEAD_MS;
    numbers->stamp = (enum kt_stamp)record->stamp;
    numbers->time_lag_ms = numbers->clock_ahead || record->timestamp_ms > now ? 0 : now - record->timestamp_ms;
    return !numbers->clock_ahead;
}

void kt_derive_written(const struct kt_model_partition *partition, const struct kt_look *look, struct kt_track *track)
{
    struct kt_track_lagging *lagging = track->lagging;
    int64_t next;
    if (!lagging || !kt_look_next(look, &next) || (lagging->next_asked && lagging->next == next)) {
        return;
    }
    lagging->next_asked = true;
    lagging->next = next;
    lagging->written_known = kt_history_passed(&partition->end, next, &lagging->written) == KT_HISTORY_EXACT;
}

static void derive_time_lag(const struct kt_model *model, const struct kt_model_partition *partition,
                            const struct kt_model_lag *lag, const struct kt_look *look, struct kt_numbers *numbers)
{
    int64_t written, next;
    if (!lag->standing.lag_known || !kt_look_next(look, &next)) {
        return;
    }
    if (lag->standing.lag == 0) {
        numbers->time_lag_known = true;
        return;
    }
    if (derive_exact(model, partition, next, look, numbers)) {
        numbers->time_lag_known = numbers->time_lag_exact = true;
        return;
    }
    const struct kt_track_lagging *lagging = lag->track.lagging;
    if (lagging && lagging->written_known && lagging->next == next) {
        numbers->time_lag_known = true;
        numbers->time_lag_ms = look->now - lagging->written;
        return;
    }
    enum kt_history_answer answer = kt_history_passed(&partition->end, next, &written);
    if (answer == KT_HISTORY_UNKNOWN) {
        return;
    }
    numbers->time_lag_known = true;
    numbers->time_lag_at_least = answer == KT_HISTORY_AT_LEAST;
    numbers->time_lag_ms = look->now - written;
}

/* The commits of the window since the offset last fell: what lies before it is no reading of these records. */
static size_t commits_since_fall(const struct kt_window *window)
{
    size_t first = window->count > 0 ? window->count - 1u : 0;
    int64_t offset = kt_window_offset(window, first);
    while (first > 0) {
        int64_t before = kt_window_offset(window, first - 1);
        if (before > offset) {
            break;
        }
        offset = before;
        first--;
    }
    return window->count - first;
}

/*
 * Messages a second that the group consumes: over its window of commits; none when it has been silent for longer than
 * its rhythm explains.
 */
static void derive_consume_rate(const struct kt_model_lag *lag, const struct kt_look *look, size_t count,
                                struct kt_numbers *numbers)
{
    if (count < 2) {
        return;
    }
    const struct kt_commit newest = kt_window_newest(&lag->window);
    const struct kt_commit oldest = kt_window_at(&lag->window, lag->window.count - count);
    int64_t over = kt_span(oldest.at_ms, newest.at_ms);
    int64_t gap = over / (int64_t)(count - 1);
    int64_t silence = look->fresh_known ? kt_span(look->committed_at, look->fresh_at) : 0;
    if (silence / SILENT_GAPS > gap && silence > SILENT_LEAST_MS) {
        numbers->consume_known = true;
        return;
    }
    if (over < 1000) { /* a commit for each message, say */
        numbers->consume_known = lag->track.paced;
        numbers->consume_rate = lag->track.paced ? (double)lag->track.pace : 0;
        return;
    }
    numbers->consume_known = true;
    numbers->consume_rate = (double)kt_span(oldest.offset, newest.offset) * 1000.0 / (double)over;
}

/*
 * A consumer that keeps pace always has what came since its last commit before it, and its speed wavers around the
 * producer's, by any share while there are few commits: whether that drains is no question.
 */
static bool keeps_pace(const struct kt_model_lag *lag, const struct kt_numbers *numbers)
{
    double net = numbers->consume_rate - numbers->produce_rate;
    double pace = numbers->produce_rate * PACE_WAVERS;
    double waits = (double)lag->standing.lag;
    int64_t rhythm;
    if (numbers->consume_rate > 0 && kt_track_rhythm(&lag->track, &rhythm) &&
        waits <= numbers->produce_rate * 2 * (double)(rhythm + lag->track.sample_gap_ms) / 1000.0) {
        return true;
    }
    return net > -pace && net < pace && waits <= numbers->produce_rate * PACE_SECONDS;
}

static void derive_eta(const struct kt_model_lag *lag, const struct kt_look *look, struct kt_numbers *numbers)
{
    /* Distance is no count where records were compacted away, or in a tail; who waits for transactions has no speed. */
    bool meaningless = lag->standing.marks & (KT_MARK_COMPACTED | KT_MARK_TAIL | KT_MARK_OPEN_TRANSACTION);
    if (meaningless || !lag->standing.lag_known || lag->standing.lag == 0 || !numbers->consume_known ||
        !numbers->produce_known || keeps_pace(lag, numbers)) {
        return;
    }
    double net = numbers->consume_rate - numbers->produce_rate;
    if (net > 0 && kt_look_attendance(look) == KT_ATTENDANCE_GONE) {
        return; /* a job that is away drained while it was there */
    }
    numbers->drains_known = true;
    numbers->drains = net > 0;
    if (!numbers->drains) {
        return;
    }
    double eta = (double)lag->standing.lag * 1000.0 / net;
    numbers->eta_known = eta < (double)ETA_MOST_MS;
    numbers->eta_ms = numbers->eta_known ? (int64_t)eta : 0;
}

/* A moment between two commits: how far the reader was, and how far that is from the log end. */
struct moment {
    int64_t at, committed;
    double lag;
};

static bool measure(const struct kt_model_partition *partition, struct moment *moment)
{
    int64_t end;
    bool seen = kt_history_where(&partition->end, moment->at, &end) == KT_HISTORY_EXACT;
    moment->lag = seen ? (double)end - (double)moment->committed : 0;
    return seen;
}

/*
 * The last moment, and one about a minute before it. Each lies right after a commit, so that what comes between two
 * commits is in neither of them; of who is silent for longer than usual, the last one is now.
 */
static bool choose_moments(const struct kt_model_partition *partition, const struct kt_model_lag *lag,
                           const struct kt_look *look, size_t count, struct moment *before, struct moment *last)
{
    const struct kt_window *window = &lag->window;
    size_t first = window->count - count;
    int64_t newest_ms = kt_window_time(window, window->count - 1u);
    int64_t whole = kt_span(kt_window_time(window, first), newest_ms);
    int64_t gap = count > 1 ? whole / (int64_t)(count - 1) : 0;
    bool silent = kt_span(look->committed_at, look->ends_at) / 2 > gap;
    *last = (struct moment){.at = silent ? look->ends_at : look->committed_at, .committed = look->committed};
    *before = *last; /* none found yet */
    size_t found = window->count; /* the commit that `before` stands at; none yet */
    for (size_t i = window->count; i-- > first;) {
        int64_t earlier = kt_span(kt_window_time(window, i), newest_ms); /* of hostile times the largest number */
        int64_t at = look->committed_at - (earlier < FAR_MS ? earlier : FAR_MS);
        int64_t earliest = kt_history_begin(&partition->end);
        if (at < earliest || last->at - at > 2 * CHANGE_MS) {
            int64_t minute = last->at - CHANGE_MS > earliest ? last->at - CHANGE_MS : earliest;
            bool held = i + 1 == window->count; /* nothing was committed since: the reader was there then, too */
            before->at = held ? minute : before->at;
            found = held ? i : found;
            break;
        }
        before->at = at;
        found = i;
        if (last->at - at >= CHANGE_MS) {
            break;
        }
    }
    before->committed = found < window->count ? kt_window_offset(window, found) : before->committed;
    return last->at - before->at >= CHANGE_LEAST_MS && measure(partition, before) && measure(partition, last);
}

/* What comes between two commits is no growth: that is how far a lag swings that stays where it is. */
static enum kt_direction direction_of(const struct kt_model_lag *lag, const struct kt_numbers *numbers, int64_t over,
                                      double grew)
{
    int64_t rhythm = 0;
    if (grew >= -1 && grew <= 1) {
        return KT_DIRECTION_STEADY;
    }
    (void)kt_track_rhythm(&lag->track, &rhythm);
    rhythm = rhythm < over / 2 ? rhythm : over / 2; /* who is silent for longer than that grows for all one knows */
    double swing = numbers->produce_known ? numbers->produce_rate * (double)rhythm / 1000.0 : 0;
    swing = swing > 1 ? swing : 1;
    return grew > swing ? KT_DIRECTION_UP : grew < -swing ? KT_DIRECTION_DOWN : KT_DIRECTION_STEADY;
}

static void derive_change(const struct kt_model_partition *partition, const struct kt_model_lag *lag,
                          const struct kt_look *look, size_t count, struct kt_numbers *numbers)
{
    struct moment before, last;
    if (look->ends_known && look->committed_known && lag->window.count > 0 &&
        choose_moments(partition, lag, look, count, &before, &last)) {
        double grew = last.lag - before.lag;
        int64_t over = last.at - before.at;
        numbers->change_known = true;
        numbers->change_per_min = grew * 60000.0 / (double)over;
        numbers->direction = direction_of(lag, numbers, over, grew);
    } else if (numbers->produce_known && numbers->consume_known) {
        numbers->change_known = true;
        numbers->change_per_min = (numbers->produce_rate - numbers->consume_rate) * 60;
    }
}

void kt_derive(const struct kt_model *model, const struct kt_model_group_topic *topic, const struct kt_model_lag *lag,
               const struct kt_look *look, struct kt_numbers *numbers)
{
    *numbers = (struct kt_numbers){0};
    const struct kt_model_partition *partition = kt_model_partition(topic->topic, lag->partition);
    size_t count = commits_since_fall(&lag->window);
    numbers->produce_known = look->produce_rate_known && !kt_model_outdated(model, look->ends_at);
    numbers->produce_rate = look->produce_rate;
    if (partition) {
        derive_time_lag(model, partition, lag, look, numbers);
    }
    if (!look->fresh_known || !kt_model_outdated(model, look->fresh_at)) {
        derive_consume_rate(lag, look, count, numbers);
    }
    if (partition && lag->standing.lag_known && look->ends_known && !kt_model_outdated(model, look->ends_at)) {
        derive_change(partition, lag, look, count, numbers);
    }
    derive_eta(lag, look, numbers);
}
