"""Pure thinking: values in, verdict with its reason out.

The way of an article, and the modules that think about each step:

- the nouns: `model`, `errors`; as keys of caches: `identity`;
  lengths of time: `durations`; secrets where none may be: `credentials`
- what to look for, out of its files: `seeds`, `sheets`, `lexicons`, `slots`
- a feed: `discovery`, `opml`, `sitemaps`, `feeds`, `feed_doubts`, `feed_dates`,
  `feed_mending`, `feed_hints`, `markup`, `urls`, `aggregators`, `polling`, `courses`,
  `freshness`, `intake`, `echoes`, `health`
- a page: `pages`, `walls`; whether it may be read: `opt_outs`; when it is asked
  again: `visiting`
- a text: `languages`, `text`, `names`, `numerals`
- the same copy? `near_duplicates`, `headlines`, `changes`
- on a topic? `topics`, `stretches`, `profiles`, `fitting`, `stored`, `keywords`,
  `vectors`, `calibration`, `passages`, `posts`, `furniture`, `reasons`; by what it
  means: `meaning`, `encoder`
- what is claimed: `facts`
- which story? `stories`, `units`, `partings`, `bulletins`, `recognition`, `lookup`,
  `affinity`, `evidence`, `vetoes`, `shared_words`; of words alone: `likeness`,
  `vocabulary`; of what stays below the topic: `carrying`
- what does it change? `developments`, `turns`, `leads`, `ledger`, `values`, `folding`,
  `corroboration`, `novelty`, `meeting_status`, `plans`, `rulings`
- speak? `alerting`, `sources`; what to show of it: `overviews`; in one post with what
  else: `parcels`; what is wrong and no news: `notices`
- articles and decisions as lines of JSON, and how well they fit labels: `streams`,
  `marks`, `metrics`
"""
