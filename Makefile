# Everything a developer or a visitor needs; each target is a script in dev/.
.DEFAULT_GOAL := help
.PHONY: help demo stop test test-lib test-odoo test-package lint format docs torture crash shell bench wheel provision clean

select = $(T) $(if $(K),-k '$(K)') $(ARGS)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile
	@cat dev/variables.txt

demo: ## Odoo with a demo shop and a first sync, at an address it prints
	@dev/demo

stop: ## end what 'make demo' started
	@dev/stop

test: ## every test, as CI runs them
	@dev/test

test-lib: ## the pure tests, in seconds (T=tests/pure/test_x.py K=expression)
	@dev/test lib -- $(select)

test-odoo: ## the tests inside Odoo (T=tests/test_x.py K=expression)
	@dev/test odoo -- $(select)

test-package: ## the wheel, and what this repository asks of itself (K=expression)
	@dev/test package -- $(select)

torture: ## the engine under random faults, seed after seed (SEED=n SECONDS=n EXAMPLES=n SHOP=x)
	@dev/torture $(if $(SEED),--seed $(SEED)) $(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(EXAMPLES),--examples $(EXAMPLES)) $(if $(SHOP),--shop $(SHOP))

crash: ## kill -9 real processes at random, compare both sides (KILLS=n PRODUCTS=n ORDERS=n SEED=n)
	@dev/crash $(if $(KILLS),--kills $(KILLS)) $(if $(PRODUCTS),--products $(PRODUCTS)) \
		$(if $(ORDERS),--orders $(ORDERS)) $(if $(SEED),--seed $(SEED)) \
		$(if $(REPORT),--report $(REPORT))

lint: ## ruff, mypy on lib/, pylint-odoo, prettier
	@dev/lint

format: ## let ruff and prettier rewrite what they can
	@dev/lint --fix

docs: ## README.rst from readme/, and the template for translations
	@dev/readme && dev/pot

shell: ## a Python shell on the demo's database
	@dev/shell

bench: ## measure against bare Odoo (ARGS=...)
	@dev/bench $(ARGS)

wheel: ## build the wheel into dist/
	@dev/wheel dist

provision: ## only get what is needed: Odoo 19, PostgreSQL, Python packages, a browser
	@dev/provision

clean: ## remove this clone's databases and logs (ALL=1: the whole cache, for every clone)
	@dev/clean
