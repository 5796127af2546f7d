"""The tools of the Model Context Protocol: questions, evidence and articles for language models.

A transport knows nothing of the tools, and a tool nothing of its transport: `stdio` serves one
program that started us, `rag.service.mcp` everyone who may use the service.
"""
