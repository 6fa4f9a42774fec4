"""The Discord adapter: asks the Assistant for people in servers, threads, forums and direct messages.

Read in the order of a question's way: commands and mentions take it, admission lets it in, asking
gets it answered, layout and escape draw the answer, delivery sends it, buttons open its passages.
"""
